import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDemo } from '../../scripts/demo.ts';

/** The file of production's overlay that decides what somebody scaled by hand. */
export const drifted = 'apps/web/overlays/production/replicas.yaml';

/** The demo as it is. */
export async function demo(folder: string): Promise<string> {
  const repository = join(folder, 'shop');
  await mkdir(repository);
  return (await makeDemo(repository)).repository;
}

/** The demo with mistakes in production's overlay, as somebody makes them while they type. */
export async function mistaken(folder: string): Promise<string> {
  const repository = await demo(folder);
  const overlay = join(repository, 'apps/web/overlays/production');
  await appendFile(
    join(repository, drifted),
    `  template:
    spec:
      containers:
        - name: web
          livenessProbe:
            httpGet:
              path: /healthz
              port: htpp
            periodSeconds: 10
          envFrom:
            - configMapRef:
                name: web-confg
          imagePulPolicy: Always
`,
  );
  await writeFile(
    join(overlay, 'ports.yaml'),
    `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  ports:
    - name: http
      port: 80
      targetPort: htpp
`,
  );
  await replaceInFile(
    join(overlay, 'kustomization.yaml'),
    /- path: replicas.yaml/,
    '- path: replicas.yaml\n  - path: ports.yaml',
  );
  return repository;
}

export async function replaceInFile(file: string, pattern: RegExp, text: string): Promise<void> {
  await writeFile(file, (await readFile(file, 'utf8')).replace(pattern, text));
}
