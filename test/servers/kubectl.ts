import { spawn } from 'node:child_process';
import { until } from './processes.ts';
import type { ControlPlane, users } from './start.ts';

export interface KubectlOptions {
  /** Default: `admin`. */
  user?: (typeof users)[number];
  /** Standard input, for `-f -`. */
  input?: string;
}

/** Runs kubectl against a control plane and answers its output; throws when it fails. */
export async function kubectlOn(
  plane: ControlPlane,
  args: string[],
  options: KubectlOptions = {},
): Promise<string> {
  const { program, kubeconfig } = plane;
  const context = ['--kubeconfig', kubeconfig, '--context', options.user ?? 'admin'];
  const child = spawn(program, ['kubectl', ...context, ...args]);
  child.stdin.end(options.input ?? '');
  let output = '';
  let error = '';
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    error += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code !== 0)
    throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${error}${output}`);
  return output;
}

/** Applies objects as kubectl's server-side apply does. */
export async function applyOn(
  plane: ControlPlane,
  objects: object[],
  ...args: string[]
): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  await kubectlOn(plane, ['apply', '--server-side', ...args, '-f', '-'], { input });
}

/** Applies a folder of custom resource definitions and waits until their kinds are served. */
export async function applyTypes(plane: ControlPlane, folder: string): Promise<void> {
  const apply = ['apply', '--server-side', '--force-conflicts', '-f', folder];
  const names = await kubectlOn(plane, [...apply, '-o', 'name']);
  // Not `kubectl wait`: it fails on one whose conditions are still null.
  for (const name of names.trim().split('\n'))
    await until(name, 30_000, async () => {
      const got = await kubectlOn(plane, ['get', name, '-ojsonpath={.status.conditions}']);
      const conditions: { type: string; status: string }[] = JSON.parse(got || 'null') ?? [];
      return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
    });
}

/** Makes a namespace, runs the test in it, and removes it without waiting for its contents to go. */
export async function withNamespaceOn<T>(
  plane: ControlPlane,
  name: string,
  test: (namespace: string) => Promise<T>,
): Promise<T> {
  const namespace = `${name}-${Math.random().toString(36).slice(2, 8)}`;
  await kubectlOn(plane, ['create', 'namespace', namespace]);
  try {
    return await test(namespace);
  } finally {
    await kubectlOn(plane, ['delete', 'namespace', namespace, '--wait=false']);
  }
}
