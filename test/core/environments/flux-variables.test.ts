import { afterAll, describe, expect, it } from 'vitest';
import type { Environment, FluxBuild, NamedData } from '../../../src/core/model/environment.ts';
import { renderingOf, repositoryOf, startRenderer } from '../render/harness.ts';
import { application, discover, named } from './repository.ts';

const { program, resident } = startRenderer();
afterAll(() => resident.close());

const url = 'ssh://git@git.example/team/fleet';

function cluster(name: string): Record<string, string> {
  return {
    [`clusters/${name}/flux-system/gotk-sync.yaml`]: `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec: { interval: 1m, url: "${url}", ref: { branch: main } }
---
${kustomization('flux-system', `./clusters/${name}`)}`,
  };
}

function kustomization(name: string, path: string, more = ''): string {
  return `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name}, namespace: flux-system }
spec:
  interval: 10m
  prune: true
  path: ${path}
  sourceRef: { kind: GitRepository, name: flux-system }
${more}---
`;
}

function from(...names: string[]): string {
  const list = names.map(name => {
    const [kind, rest] = name.split('/');
    return `{ kind: ${kind}, name: ${rest} }`;
  });
  return `  postBuild: { substituteFrom: [${list.join(', ')}] }\n`;
}

function data(kind: string, name: string, lines: string): string {
  const field = kind === 'Secret' ? 'stringData' : 'data';
  return `apiVersion: v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: flux-system }\n${field}:\n${lines}---\n`;
}

/** As Flux writes it. */
const use = (text: string) => `$\{${text}}`;
const app = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: app, namespace: apps }\ndata:\n  domain: ${use('DOMAIN')}\n`;

async function discovered(files: Record<string, string>) {
  const repository = repositoryOf(files);
  const rendering = renderingOf(repository, program);
  const found = await discover(files, {
    render: each => rendering.render(each),
    trace: each => rendering.trace(each),
  });
  return { rendering, found };
}

function build(environment: Environment, name: string): FluxBuild {
  const { source } = application(environment, name);
  if (source.kind !== 'kustomize' || !source.flux) throw new Error(JSON.stringify(source));
  return source.flux;
}

describe('variables of substituteFrom', () => {
  it('come from what another Kustomization of the environment renders, with their lines', async () => {
    const { found, rendering } = await discovered({
      ...cluster('eu'),
      'clusters/eu/apps.yaml':
        kustomization('apps', './apps', from('ConfigMap/settings')) +
        kustomization('settings', './settings/eu', '  postBuild: { substitute: { ZONE: eu } }\n'),
      'settings/eu/settings.yaml': data(
        'ConfigMap',
        'settings',
        `  DOMAIN: ${use('ZONE')}.example.org\n`,
      ),
      'apps/app.yaml': app,
    });
    const environment = named(found, 'eu');
    expect(build(environment, 'apps').postBuild?.known).toEqual([
      {
        kind: 'ConfigMap',
        name: 'settings',
        data: { DOMAIN: 'eu.example.org' },
        secret: false,
        places: { DOMAIN: { file: 'settings/eu/settings.yaml', line: 5, column: 11 } },
      } satisfies NamedData,
    ]);
    const { objects } = await rendering.trace(application(environment, 'apps'));
    expect(objects[0]?.value.data).toEqual({ domain: 'eu.example.org' });
    expect(objects[0]?.locate(['data', 'domain'])).toMatchObject({
      file: 'apps/app.yaml',
      line: 5,
      how: 'transformed',
      via: expect.arrayContaining(['settings/eu/settings.yaml:5 ConfigMap settings DOMAIN']),
    });
  });

  it('decide which Kustomizations there are, however many rounds that takes', async () => {
    const { found } = await discovered({
      ...cluster('eu'),
      'clusters/eu/all.yaml':
        kustomization('first', './first', from('ConfigMap/settings')) +
        data('ConfigMap', 'settings', '  NEXT: second\n'),
      'first/next.yaml': kustomization(
        `"${use('NEXT')}"`,
        `./${use('NEXT')}`,
        from('ConfigMap/more'),
      ),
      'first/more.yaml': data('ConfigMap', 'more', `  DOMAIN: ${use('NEXT')}.example.org\n`),
      'second/app.yaml': app,
    });
    expect(build(named(found, 'eu'), 'second').postBuild?.known).toMatchObject([
      { name: 'more', data: { DOMAIN: 'second.example.org' } },
    ]);
  });

  it('of SOPS are hidden by key; what is not declared at all only the cluster has', async () => {
    const { found, rendering } = await discovered({
      ...cluster('eu'),
      'clusters/eu/all.yaml':
        kustomization('apps', './apps', from('Secret/sealed')) +
        kustomization('others', './others', from('Secret/elsewhere')) +
        data('Secret', 'sealed', '  OTHER: "ENC[AES256_GCM,data:x]"\n').replace(
          'stringData',
          'sops: { version: "3" }\nstringData',
        ),
      'apps/app.yaml': app.replace('DOMAIN', 'DOMAIN:-none'),
      'others/app.yaml': app.replace('name: app', 'name: other').replace('DOMAIN', 'DOMAIN:-none'),
    });
    const environment = named(found, 'eu');
    expect(build(environment, 'apps').postBuild?.known).toMatchObject([
      { data: {}, hidden: ['OTHER'], reason: 'is encrypted with SOPS', secret: true },
    ]);
    // DOMAIN is none of its keys: that it is not set is certain.
    const apps = await rendering.render(application(environment, 'apps'));
    expect(apps.objects[0]?.value.data).toEqual({ domain: 'none' });
    const others = await rendering.render(application(environment, 'others'));
    expect(others.notChecked.map(({ reason }) => reason)).toEqual([
      `${use('DOMAIN')} may be set by Secret elsewhere, which only the cluster has`,
    ]);
  });

  it("may stand in a file that nothing deploys, but not in another cluster's folder", async () => {
    const settings = data('ConfigMap', 'settings', '  DOMAIN: example.org\n');
    const files = {
      ...cluster('eu'),
      ...cluster('us'),
      'clusters/eu/apps.yaml': kustomization('apps', './apps', from('ConfigMap/settings')),
      'apps/app.yaml': app,
    };
    const known = async (more: Record<string, string>) => {
      const { found } = await discovered({ ...files, ...more });
      return build(named(found, 'eu'), 'apps').postBuild?.known?.length;
    };
    expect(await known({ 'by-hand/settings.yaml': settings })).toBe(1);
    expect(await known({ 'clusters/us/settings.yaml': settings })).toBe(0);
    expect(await known({ 'a/settings.yaml': settings, 'b/settings.yaml': settings })).toBe(0);
  });
});

describe("a parent's patch on a Kustomization", () => {
  it('is followed, and its lines are where the values stand', async () => {
    const { found, rendering } = await discovered({
      ...cluster('eu'),
      'clusters/eu/all.yaml': kustomization(
        'parent',
        './children',
        `  patches:
    - target: { kind: Kustomization }
      patch: |-
        - op: add
          path: /spec/patches
          value:
            - target: { kind: ConfigMap }
              patch: |-
                - op: add
                  path: /data/region
                  value: eu-west
        - op: add
          path: /spec/commonMetadata
          value:
            labels:
              cluster: eu
`,
      ),
      'children/apps.yaml': kustomization('apps', './apps'),
      'apps/app.yaml': app,
    });
    const { objects } = await rendering.trace(application(named(found, 'eu'), 'apps'));
    expect(objects[0]?.value).toMatchObject({
      metadata: { labels: { cluster: 'eu' } },
      data: { region: 'eu-west' },
    });
    const placeOf = (...pointer: string[]) => objects[0]?.locate(pointer);
    expect(placeOf('data', 'region')).toMatchObject({
      file: 'clusters/eu/all.yaml',
      line: 19,
      how: 'exact',
    });
    expect(placeOf('metadata', 'labels', 'cluster')).toMatchObject({
      file: 'clusters/eu/all.yaml',
      line: 24,
      how: 'transformed',
    });
  });
});
