import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configMap, folderWith, git, kubeconfigFor, repositoryWith } from './fixtures.ts';
import { driftline, type Ran } from './run.ts';

/** A stack trace or a defect's words: what no person must see. */
const crash = /\n\s+at .*\(|defect of Driftline|UnhandledPromise|TypeError/;

function calm({ stdout, stderr }: Ran): void {
  expect(`${stdout}${stderr}`).not.toMatch(crash);
}

const onCluster = (extra = '') =>
  `version: 1\nenvironments:\n- name: production\n  source: { path: apps }\n  cluster: { context: prod }\n${extra}`;

describe('clusters that do not answer', () => {
  const files = { 'apps/a.yaml': configMap('a'), 'driftline.yaml': onCluster() };

  it('names the kubeconfig that is broken', async () => {
    const repo = repositoryWith(files);
    const kubeconfig = join(folderWith({ config: 'clusters: [\n' }), 'config');
    const ran = await driftline(['drift', '-C', repo], { env: { KUBECONFIG: kubeconfig } });
    calm(ran);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain(kubeconfig);
  });

  it('says that the context is not there', async () => {
    const repo = repositoryWith(files);
    const ran = await driftline(['drift', '-C', repo]);
    calm(ran);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(/prod/);
  });

  it('says that the server cannot be reached, and checks nothing', async () => {
    const repo = repositoryWith(files);
    const kubeconfig = join(folderWith({ config: kubeconfigFor('https://127.0.0.1:1') }), 'config');
    const ran = await driftline(['drift', '-C', repo], { env: { KUBECONFIG: kubeconfig } });
    calm(ran);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(/127\.0\.0\.1:1/);
    expect(ran.stdout).toContain('not checked');
    expect(ran.stdout).not.toContain('missing');
  });

  it('gives a server that never answers half a minute', async () => {
    const silent = createServer(() => {});
    await new Promise<void>(done => silent.listen(0, '127.0.0.1', done));
    afterAll(() => silent.close());
    const { port } = silent.address() as { port: number };
    const repo = repositoryWith(files);
    const config = kubeconfigFor(`https://127.0.0.1:${port}`);
    const kubeconfig = join(folderWith({ config }), 'config');
    const ran = await driftline(['drift', '-C', repo], {
      env: { KUBECONFIG: kubeconfig },
      timeoutMs: 60_000,
    });
    calm(ran);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(/30 s/);
  });

  it('starts no credential plug-in that nobody trusted', async () => {
    const repo = repositoryWith(files);
    const mark = join(folderWith({}), 'started');
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'touch',
      args: [mark],
      interactiveMode: 'Never',
    };
    const config = JSON.parse(kubeconfigFor('https://127.0.0.1:1'));
    config.users[0].user = { exec };
    const kubeconfig = join(folderWith({ config: JSON.stringify(config) }), 'config');
    const ran = await driftline(['drift', '-C', repo], { env: { KUBECONFIG: kubeconfig } });
    calm(ran);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('--trust');
    expect(existsSync(mark)).toBe(false);
  });
});

describe('repositories that are not as they should be', () => {
  it('reads a folder without git', async () => {
    const broken = configMap('b').replace('name: b', 'name: [b');
    const folder = folderWith({ 'a.yaml': configMap('a'), 'b.yaml': broken });
    const ran = await driftline(['validate', '-C', folder]);
    calm(ran);
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain('b.yaml');
  });

  it('reads a repository where git is not installed', async () => {
    const repo = repositoryWith({ 'a.yaml': configMap('a') });
    const ran = await driftline(['validate', '-C', repo], { env: { PATH: folderWith({}) } });
    calm(ran);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toMatch(/1 object/);
  });

  it('says that a bare repository has no files', async () => {
    const bare = folderWith({});
    git(bare, 'init', '--quiet', '--bare');
    const ran = await driftline(['drift', '-C', bare]);
    calm(ran);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(/bare repository.*--revision/);
  });

  it('reads a repository before its first commit, and says that it has no revision yet', async () => {
    const folder = folderWith({ 'a.yaml': configMap('a') });
    git(folder, 'init', '--quiet');
    const ran = await driftline(['environments', '-C', folder]);
    calm(ran);
    expect(ran.status).toBe(0);
    const asked = await driftline(['environments', '-C', folder, '--revision', 'HEAD']);
    calm(asked);
    expect(asked.status).toBe(2);
    expect(asked.stderr).toContain('HEAD');
  });

  it('reads a detached HEAD', async () => {
    const repo = repositoryWith({ 'a.yaml': configMap('a') });
    git(repo, 'checkout', '--quiet', '--detach');
    const ran = await driftline(['environments', '-C', repo]);
    calm(ran);
    expect(ran.status).toBe(0);
  });

  it('says that a folder does not exist', async () => {
    const ran = await driftline(['drift', '-C', join(folderWith({}), 'gone')]);
    calm(ran);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('gone');
  });

  it('reads 20,000 files', async () => {
    const files = Array.from({ length: 20_000 }, (_, at) => [
      `apps/${at % 100}/${at}.yaml`,
      configMap(`c${at}`),
    ]);
    const ran = await driftline(['validate', '-C', repositoryWith(Object.fromEntries(files))]);
    calm(ran);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toMatch(/20,?000 objects/);
  });

  it('follows no symbolic link around in circles or out of the repository', async () => {
    const outside = folderWith({ 'secret.yaml': configMap('outside') });
    const repo = folderWith({ 'apps/a.yaml': configMap('a') });
    symlinkSync('..', join(repo, 'apps', 'loop'));
    symlinkSync(outside, join(repo, 'apps', 'out'));
    symlinkSync('self', join(repo, 'apps', 'self'));
    git(repo, 'init', '--quiet');
    git(repo, 'add', '--all');
    const ran = await driftline(['render', '-C', repo]);
    calm(ran);
    expect(ran.stdout).toContain('name: a');
    expect(ran.stdout).not.toContain('outside');
  });
});

describe('files that are not as they should be', () => {
  it('validates a file of 36,000 lines', async () => {
    const long = Array.from({ length: 4_500 }, (_, at) => configMap(`c${at}`)).join('---\n');
    const ran = await driftline(['validate', '-C', repositoryWith({ 'long.yaml': long })]);
    calm(ran);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toMatch(/4,?500 objects/);
  });

  it('is not blown up by a YAML bomb, and checks the rest', async () => {
    const levels = Array.from({ length: 12 }, (_, at) => {
      const below = at === 0 ? '"lol"' : `*l${at - 1}`;
      return `l${at}: &l${at} [${Array(9).fill(below).join(', ')}]`;
    });
    const bomb = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\n${levels.join('\n')}\n`;
    const wrong = configMap('wrong').replace('data:', 'dta:');
    const repo = repositoryWith({ 'bomb.yaml': bomb, 'wrong.yaml': wrong });
    const ran = await driftline(['validate', '-C', repo]);
    calm(ran);
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain('bomb.yaml');
    expect(ran.stdout).toContain('wrong.yaml');
    // Once as the error, once as the reason why nothing more was checked there.
    expect(ran.stdout.match(/unfold/g)).toHaveLength(2);
  });

  it('leaves binary files alone', async () => {
    const noise = Uint8Array.from({ length: 4096 }, (_, at) => (at * 7) % 256);
    const repo = repositoryWith({ 'noise.yaml': noise, 'a.yaml': configMap('a') });
    const ran = await driftline(['validate', '-C', repo]);
    calm(ran);
    expect(ran.stdout).toMatch(/1 object/);
  });

  it('says that a kustomization includes itself, on its line, and renders the others', async () => {
    const repo = repositoryWith({
      'overlays/a/kustomization.yaml': 'resources:\n- ../b\n',
      'overlays/b/kustomization.yaml': 'resources:\n- ../a\n',
      'overlays/self/kustomization.yaml': 'resources:\n- .\n',
      'overlays/good/kustomization.yaml': 'resources:\n- c.yaml\n',
      'overlays/good/c.yaml': configMap('good'),
    });
    const ran = await driftline(['render', '-C', repo, 'overlays/self']);
    calm(ran);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('overlays/self/kustomization.yaml:2');
    const circle = await driftline(['render', '-C', repo, 'overlays/a']);
    calm(circle);
    expect(circle.status).toBe(2);
    const others = await driftline(['render', '-C', repo, 'overlays/good']);
    expect(others.status).toBe(0);
    expect(others.stdout).toContain('name: good');
  });

  it('names the dependency that a chart lacks, and how to get it', async () => {
    const repo = repositoryWith({
      'chart/Chart.yaml':
        'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- name: redis\n  version: 19.1.0\n  repository: https://charts.example.com\n',
      'chart/templates/a.yaml': configMap('a'),
    });
    const ran = await driftline(['render', '-C', repo, 'chart']);
    calm(ran);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(/redis.*helm dependency build/s);
    expect(ran.stderr).toContain('chart/Chart.yaml:5');
  });

  it('compares nothing with a snapshot that is cut off', async () => {
    const whole = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ a: 1 }] });
    const repo = repositoryWith({
      'apps/a.yaml': configMap('a'),
      'live.json': whole.slice(0, -9),
      'driftline.yaml': onCluster().replace('context: prod', 'snapshot: live.json'),
    });
    const ran = await driftline(['drift', '-C', repo]);
    calm(ran);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(/live\.json/);
    expect(ran.stdout).not.toContain('missing');
  });
});

describe('a driftline.yaml that is not as it should be', () => {
  it('is said on its line; its environment is not compared, the others are', async () => {
    const repo = repositoryWith({
      'apps/a.yaml': configMap('a'),
      'live.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [] }),
      'driftline.yaml': onCluster(
        '- name: staging\n  source: { path: apps }\n  cluster: { snapsht: live.json }\n',
      ),
    });
    const ran = await driftline(['drift', '-C', repo, '-e', 'staging']);
    calm(ran);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(/driftline\.yaml:8: .*snapsht/);
    expect(ran.stdout).toContain('1 object was not compared');
  });
});

describe('the command line itself', () => {
  it('ends at Ctrl-C with 130 and writes nothing', async () => {
    const silent = createServer(() => {});
    await new Promise<void>(done => silent.listen(0, '127.0.0.1', done));
    afterAll(() => silent.close());
    const { port } = silent.address() as { port: number };
    const repo = repositoryWith({ 'apps/a.yaml': configMap('a'), 'driftline.yaml': onCluster() });
    const config = kubeconfigFor(`https://127.0.0.1:${port}`);
    const folder = folderWith({ config });
    const asked = new Promise<void>(done => silent.once('connection', () => done()));
    const ran = await driftline(['drift', '-C', repo, '-o', join(folder, 'report.txt')], {
      env: { KUBECONFIG: join(folder, 'config') },
      interruptWhen: asked,
    });
    calm(ran);
    expect(ran.status).toBe(130);
    expect(readdirSync(folder)).toEqual(['config']);
  });

  it('names what it does not understand, and what was probably meant', async () => {
    const ran = await driftline(['drfit']);
    calm(ran);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('drift');
  });

  it('names the environments there are', async () => {
    const repo = repositoryWith({ 'apps/a.yaml': configMap('a') });
    const ran = await driftline(['drift', '-C', repo, '-e', 'production']);
    calm(ran);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(/no environment named production/);
  });

  it('says that an output file cannot be written', async () => {
    const repo = repositoryWith({ 'apps/a.yaml': configMap('a') });
    const ran = await driftline(['validate', '-C', repo, '-o', join(repo, 'no', 'where.txt')]);
    calm(ran);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('where.txt');
  });
});
