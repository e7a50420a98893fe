import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderWith, git } from '../cli/fixtures.ts';
import { driftline } from '../cli/run.ts';
import { buildPart } from './build.ts';
import { parts } from './parts.ts';

// Files encrypted by the real sops with an age key, rendered and compared with and without the key.
const plain: Record<string, string> = {
  'app/kustomization.yaml': `namespace: shop
resources: [deployment.yaml, db.sops.yaml, settings.sops.yaml]
secretGenerator:
- name: api
  envs: [api.sops.env]
- name: fixed
  envs: [api.sops.env]
  files: [config.sops.json]
  options: {disableNameSuffixHash: true}
`,
  'app/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: api
        image: api:1
        envFrom: [{secretRef: {name: api}}]
`,
  'app/db.sops.yaml': `# the database
apiVersion: v1
kind: Secret
metadata:
  name: db
stringData:
  password: topsecret-database
  user: shopkeeper-one
`,
  'app/settings.sops.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  mode: fast
  endpoint: https://user:topsecret-endpoint@api.example.com
`,
  'app/api.sops.env': 'TOKEN=topsecret-token\nLEVEL=info\n',
  'app/config.sops.json': '{"key": "topsecret-config"}\n',
};
const rules: Record<string, string[]> = {
  'app/db.sops.yaml': ['--encrypted-regex', '^(data|stringData)$'],
  'app/settings.sops.yaml': ['--encrypted-regex', '^endpoint$'],
};
const config =
  'version: 1\nenvironments:\n- name: production\n  source: {path: app}\n  cluster: {snapshot: live.yaml}\n  kubernetes: "1.33"\n';

let repo: string;
let home: string;
let env: Record<string, string>;
let live: string;
let encrypt: (file: string, options: string[]) => void;

beforeAll(async () => {
  const [programs, tools] = [await buildPart(parts.sops), await buildPart(parts.tools)];
  home = folderWith({});
  const key = join(home, 'age.txt');
  execFileSync(join(programs, 'age-keygen'), ['-o', key], { stdio: 'ignore' });
  const recipient = /age1\w+/.exec(readFileSync(key, 'utf8'))?.[0] ?? '';
  const bin = join(home, 'bin');
  mkdirSync(bin);
  symlinkSync(join(programs, 'sops'), join(bin, 'sops'));
  mkdirSync(join(home, 'tmp'));
  env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: home,
    SOPS_AGE_KEY_FILE: key,
    TMPDIR: join(home, 'tmp'),
    XDG_CACHE_HOME: join(home, 'cache'),
  };
  repo = folderWith({ ...plain, 'driftline.yaml': config });
  encrypt = (file, rule) => {
    const options = ['--in-place', '--age', recipient, ...rule];
    execFileSync(join(programs, 'sops'), ['encrypt', ...options, file], { env });
  };
  for (const file of Object.keys(plain).filter(name => name.includes('.sops.')))
    encrypt(join(repo, file), rules[file] ?? []);
  // As Flux does it: what sops makes of the files is what is built.
  const decrypted = Object.keys(plain).map(file => {
    const read = (): string => readFileSync(join(repo, file), 'utf8');
    const run = () =>
      execFileSync(join(programs, 'sops'), ['decrypt', join(repo, file)], {
        env,
        encoding: 'utf8',
      });
    return [file, file.includes('.sops.') ? run() : read()] as const;
  });
  const folder = join(folderWith(Object.fromEntries(decrypted)), 'app');
  live = liveOf(execFileSync(join(tools, 'kustomize'), ['build', folder], { encoding: 'utf8' }));
  writeFileSync(join(repo, 'live.yaml'), live);
  git(repo, 'init', '--quiet', '--initial-branch=main');
  git(repo, 'add', '--all');
  git(repo, 'commit', '--quiet', '--message=first');
});

/** What the server has of applied objects. */
function liveOf(rendered: string): string {
  const encoded = rendered.replace(
    /stringData:\n((?: {2}.*\n)+)/g,
    (_, lines: string) =>
      `data:\n${lines.replace(/: (.*)/g, (_, value: string) => `: ${Buffer.from(value).toString('base64')}`)}`,
  );
  return encoded;
}

interface Result {
  object: { kind: string; name: string };
  state: string;
  reason?: string;
  paths: {
    path: string;
    desired?: unknown;
    live?: unknown;
    source?: { file: string; line: number };
  }[];
}

async function drift(...more: string[]) {
  const ran = await driftline(['drift', '-C', repo, '--format', 'json', '--all', ...more], { env });
  quiet(ran.stdout + ran.stderr);
  if (ran.stdout === '') return { ran, states: {}, results: [] as Result[] };
  const results: Result[] = JSON.parse(ran.stdout).environments[0].objects;
  const states = Object.fromEntries(
    results.map(({ object, state }) => [
      `${object.kind}/${object.name.replace(/-[a-z0-9]{10}$/, '-HASH')}`,
      state,
    ]),
  );
  return { ran, states, results };
}

/** Nothing that was encrypted is shown, in the clear or in base64. */
function quiet(text: string): void {
  expect(text).not.toMatch(/topsecret|shopkeeper/);
  for (const word of [
    'topsecret-token',
    'topsecret-database',
    'shopkeeper-one',
    'topsecret-config',
  ])
    expect(text).not.toContain(Buffer.from(word).toString('base64').slice(0, -4));
}

describe('files that SOPS encrypted', () => {
  it('are known by their structure without the key: no false alarm', async () => {
    const { states, results } = await drift();
    expect(states).toMatchObject({
      'Secret/db': 'unknown',
      'Secret/fixed': 'unknown',
      'Secret/api-HASH': 'unknown',
      'ConfigMap/settings': 'unknown',
      'Deployment/api': 'unknown',
    });
    expect(Object.values(states).filter(state => state !== 'unknown')).toEqual([]);
    const deployment = results.find(({ object }) => object.kind === 'Deployment');
    expect(deployment?.reason).toContain('encrypted (SOPS)');
    const checked = await driftline(['validate', '-C', repo, '--format', 'json'], { env });
    expect(JSON.parse(checked.stdout).findings).toEqual([]);
  });

  it('are compared on request, and nothing of them is shown', async () => {
    const { states, ran } = await drift('--decrypt', '--trust');
    expect(ran.stderr).toBe('');
    expect(states).toEqual({
      'Secret/db': 'synced',
      'Secret/fixed': 'synced',
      'Secret/api-HASH': 'synced',
      'ConfigMap/settings': 'synced',
      'Deployment/api': 'synced',
    });
  });

  it('are masked where they differ, on the line of the encrypted file', async () => {
    const password = Buffer.from('topsecret-database').toString('base64');
    const other = live
      .replace(password, Buffer.from('topsecret-other').toString('base64'))
      .replace('topsecret-endpoint', 'topsecret-elsewhere');
    writeFileSync(join(repo, 'live.yaml'), other);
    try {
      const { results } = await drift('--decrypt', '--trust');
      const db = results.find(({ object }) => object.name === 'db');
      expect(db).toMatchObject({ state: 'drifted', paths: [{ path: '.data.password' }] });
      const written = readFileSync(join(repo, 'app/db.sops.yaml'), 'utf8').split('\n');
      expect(db?.paths[0]?.source).toMatchObject({
        file: 'app/db.sops.yaml',
        line: written.findIndex(line => line.includes('password:')) + 1,
      });
      const settings = results.find(({ object }) => object.name === 'settings');
      expect(settings).toMatchObject({
        state: 'drifted',
        paths: [{ path: '.data.endpoint', live: expect.stringContaining('•••') }],
      });
    } finally {
      writeFileSync(join(repo, 'live.yaml'), live);
    }
  });

  it('are rendered with the right names, masked', async () => {
    const ran = await driftline(['render', '-C', repo, '--decrypt', '--trust'], { env });
    expect(ran.status).toBe(0);
    quiet(ran.stdout + ran.stderr);
    const name = /name: (api-[a-z0-9]{10})/.exec(live)?.[1] ?? 'none';
    expect(ran.stdout.split(name)).toHaveLength(3);
    expect(ran.stdout).toContain('password: •••');
    expect(ran.stdout).toContain('mode: fast');
    expect(ran.stdout).not.toContain('ENC[');
    const folder = await driftline(
      ['render', join(repo, 'app'), '-C', repo, '--decrypt', '--trust', '--format', 'json'],
      { env },
    );
    quiet(folder.stdout + folder.stderr);
    const checked = await driftline(['validate', '-C', repo, '--decrypt', '--trust'], { env });
    quiet(checked.stdout + checked.stderr);
    expect(checked.status).toBe(0);
  });

  it('leave nothing on the disk', () => {
    const files = readdirSync(home, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && entry.name !== 'sops')
      .map(entry => join(entry.parentPath, entry.name));
    for (const file of files) quiet(readFileSync(file, 'latin1'));
  });

  it('stay encrypted without trust, without sops, and without the key', async () => {
    const untrusted = await drift('--decrypt');
    expect(untrusted.ran).toMatchObject({ status: 2 });
    expect(untrusted.ran.stderr).toMatch(/not trusted, so nothing of it is decrypted/);
    const without = await driftline(['drift', '-C', repo, '--decrypt', '--trust'], {
      env: { ...env, PATH: dirname(process.execPath) },
    });
    expect(without.status).toBe(2);
    const keyless = await driftline(
      ['drift', '-C', repo, '--decrypt', '--trust', '--format', 'json', '--all'],
      { env: { ...env, SOPS_AGE_KEY_FILE: join(home, 'none.txt') } },
    );
    expect(keyless.stderr).toMatch(/`sops` cannot decrypt app\/db\.sops\.yaml: /);
    expect(JSON.parse(keyless.stdout).environments[0].counts).toMatchObject({
      drifted: 0,
      missing: 0,
    });
  });

  it("are Flux's variables on request", async () => {
    const files: Record<string, string> = {
      'clusters/production/flux.yaml': `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: fleet, namespace: flux-system}
spec: {url: "https://git.example.com/fleet"}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: fleet, namespace: flux-system}
spec: {path: ./clusters/production, prune: true, sourceRef: {kind: GitRepository, name: fleet}, decryption: {provider: sops}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  path: ./apps
  prune: true
  sourceRef: {kind: GitRepository, name: fleet}
  postBuild: {substituteFrom: [{kind: Secret, name: variables}]}
`,
      'clusters/production/variables.sops.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata:\n  name: variables\n  namespace: flux-system\nstringData:\n  DOMAIN: topsecret.example.com\n',
      'apps/settings.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata:\n  host: www.\${DOMAIN}\n`,
    };
    const folder = folderWith(files);
    const secret = join(folder, 'clusters/production/variables.sops.yaml');
    encrypt(secret, ['--encrypted-regex', '^(data|stringData)$']);
    git(folder, 'init', '--quiet', '--initial-branch=main');
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--message=first');
    const without = await driftline(['render', '-C', folder], { env });
    quiet(without.stdout + without.stderr);
    const ran = await driftline(['render', '-C', folder, '--decrypt', '--trust'], { env });
    quiet(ran.stdout + ran.stderr);
    expect(without.stderr).toContain('Secret variables, which is encrypted with SOPS');
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toMatch(/host: •••\nkind: ConfigMap/);
  });
});
