import { describe, expect, it } from 'vitest';
import { makeDemo } from '../../scripts/demo.ts';
import { folderWith } from './fixtures.ts';
import { driftline } from './run.ts';

interface Path {
  path: string;
  kind: string;
  desired: unknown;
  live: unknown;
  by: { manager: string }[];
  source: { file: string; line: number };
}

interface Drift {
  environments: {
    name: string;
    counts: Record<string, number>;
    objects: { object: { kind: string; name: string }; state: string; paths: Path[] }[];
  }[];
}

describe('the demo that npm start prints', async () => {
  const { repository } = await makeDemo(folderWith({}));
  const ran = await driftline(['drift', '-C', repository, '--format', 'json']);
  const { environments } = JSON.parse(ran.stdout) as Drift;
  const production = environments.find(({ name }) => name === 'production');
  const object = (kind: string, name: string) =>
    production?.objects.find(({ object }) => object.kind === kind && object.name === name);
  const place = (kind: string, name: string, path: string) => {
    const found = object(kind, name)?.paths.find(each => each.path === path);
    return found && `${found.source.file}:${found.source.line}`;
  };
  const lineOf = async (file: string, text: string) => {
    const { readFileSync } = await import('node:fs');
    const lines = readFileSync(`${repository}/${file}`, 'utf8').split('\n');
    return `${file}:${lines.findIndex(line => line.includes(text)) + 1}`;
  };

  it('finds production drifted and staging in sync', () => {
    expect(ran.status).toBe(1);
    const staging = environments.find(({ name }) => name === 'staging');
    expect(staging?.objects).toEqual([]);
    expect(staging?.counts.synced).toBeGreaterThan(10);
    expect(production?.counts).toMatchObject({ drifted: 4, missing: 1 });
  });

  it('names who changed what', () => {
    const [replicas] =
      object('Deployment', 'web')?.paths.filter(p => p.path === '.spec.replicas') ?? [];
    expect(replicas).toMatchObject({ kind: 'changed', desired: 3, live: 5 });
    const image = object('Deployment', 'web')?.paths.find(p => p.path.endsWith('.image'));
    expect(image?.by[0]?.manager).toBe('kubectl-set');
    expect(object('PodDisruptionBudget', 'web')?.state).toBe('missing');
  });

  it('puts each difference on the line that causes it', async () => {
    const overlay = 'apps/web/overlays/production';
    expect(place('Deployment', 'web', '.spec.replicas')).toBe(
      await lineOf(`${overlay}/replicas.yaml`, 'replicas:'),
    );
    expect(place('Deployment', 'web', '.spec.template.spec.containers[name="web"].image')).toBe(
      await lineOf(`${overlay}/kustomization.yaml`, 'newTag'),
    );
  });

  it('shows an order that differs as that', () => {
    expect(object('Deployment', 'api')?.paths.map(({ kind }) => kind)).toEqual(['order']);
  });

  it('never prints a secret value', async () => {
    const { readFileSync } = await import('node:fs');
    const live = readFileSync(`${repository}/live/production.yaml`, 'utf8');
    const values = [...live.matchAll(/SESSION_KEY: (\S{8,})/g)].map(match => match[1] as string);
    expect(values.length).toBeGreaterThan(0);
    for (const format of ['text', 'json', 'sarif', 'junit', 'github', 'markdown']) {
      const { stdout } = await driftline(['drift', '-C', repository, '--all', '--format', format]);
      for (const value of values) {
        expect(stdout).not.toContain(value);
        expect(stdout).not.toContain(Buffer.from(value, 'base64').toString());
      }
    }
  });

  it('says what a line reaches, and whose change in the cluster it would overwrite', async () => {
    const replicas = 'apps/web/overlays/production/replicas.yaml';
    const at = await lineOf(replicas, 'replicas:');
    const { stdout, status } = await driftline(['trace', '-C', repository, at, '--offline']);
    expect(status).toBe(0);
    expect(stdout).toContain('Deployment shop/web');
    expect(stdout).toMatch(/live edit {2}3 → 5 +kubectl/);
    expect(stdout).toContain(
      `${at}\nreaches 1 object in 1 environment · 1 live edit would be overwritten`,
    );
    const json = await driftline(['trace', '-C', repository, at, '--format', 'json']);
    expect(JSON.parse(json.stdout).reaches).toMatchObject([
      {
        ...{ environment: 'production', path: '.spec.replicas', how: 'decides' },
        object: { kind: 'Deployment', namespace: 'shop', name: 'web' },
        liveEdit: { desired: 3, live: 5 },
      },
    ]);
    const nothing = await driftline(['trace', '-C', repository, 'README.md:1']);
    expect(nothing.status).toBe(0);
    expect(nothing.stdout).toContain('No environment reads the file.');
  });
});

describe('a change of the demo', async () => {
  const { repository } = await makeDemo(folderWith({}));
  const { readFileSync, writeFileSync } = await import('node:fs');
  const file = `${repository}/apps/web/overlays/production/replicas.yaml`;
  writeFileSync(file, readFileSync(file, 'utf8').replace('replicas: 3', 'replicas: 4'));

  it('is told for each environment, with what it overwrites', async () => {
    const { stdout, status } = await driftline(['render', '-C', repository, '--diff', 'HEAD']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/spec\.replicas +3 → 4/);
    expect(stdout).toContain('apps/web/overlays/production/replicas.yaml:7');
    expect(stdout).toMatch(/live edit {2}4 → 5/);
    expect(stdout).not.toContain('staging');
    const verbose = await driftline(['render', '-C', repository, '--diff', 'HEAD', '--verbose']);
    expect(verbose.stdout).toMatch(/\n {4}- {2}replicas: 3\n {4}\+ {2}replicas: 4\n/);
    const json = await driftline([
      'render',
      '-C',
      repository,
      '--diff',
      'HEAD',
      '--format',
      'json',
    ]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      since: 'HEAD',
      environments: [
        {
          ...{ name: 'production', protected: true },
          objects: [
            { change: 'change', fields: [{ path: '.spec.replicas', before: 3, after: 4 }] },
          ],
        },
      ],
    });
    const wrong = await driftline(['render', '-C', repository, '--diff', 'nowhere']);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('nowhere');
  });
});
