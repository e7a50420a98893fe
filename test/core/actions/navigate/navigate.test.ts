import { describe, expect, it } from 'vitest';
import { findObjects } from '../../../../src/core/actions/navigate/find-objects.ts';
import { linkedAt } from '../../../../src/core/actions/navigate/navigate.ts';
import { pathUses } from '../../../../src/core/actions/navigate/path-links.ts';
import { repositoryWith } from '../../git/folders.ts';
import { open } from '../shop.ts';
import { fleet } from './fleet.ts';
import { at, shown } from './places.ts';

async function linked(file: string, marked: string) {
  const workspace = await open(repositoryWith(fleet));
  const found = await linkedAt(workspace, file, at(fleet[file] ?? '', marked));
  return (
    found && {
      definitions: shown(fleet, found.definitions),
      uses: shown(fleet, found.uses),
    }
  );
}

const deploymentUses = [
  'apps/base/service.yaml:20 web',
  'apps/overlays/production/kustomization.yaml:15 web',
  'apps/overlays/production/kustomization.yaml:5 web',
  'apps/overlays/staging/kustomization.yaml:9 web',
  'apps/overlays/staging/memory.yaml:4 web',
  'clusters/production/apps.yaml:21 web',
  'clusters/staging/apps.yaml:23 web',
];

describe('the name of an object', () => {
  it('leads from each place that names it to where it is written', async () => {
    const expected = { definitions: ['apps/base/web.yaml:4 web'], uses: deploymentUses };
    expect(await linked('apps/base/service.yaml', 'kind: Deployment\n    name: w‸eb')).toEqual(
      expected,
    );
    expect(await linked('apps/overlays/staging/memory.yaml', 'name: web‸ # of')).toEqual(expected);
    expect(await linked('apps/base/web.yaml', 'metadata:\n  name: ‸web')).toEqual(expected);
  });

  it('is that of its kind only', async () => {
    expect(
      await linked('apps/base/service.yaml', 'kind: Service\nmetadata:\n  name: w‸eb'),
    ).toEqual({ definitions: ['apps/base/service.yaml:4 web'], uses: [] });
  });

  it('may be a generator, and be in quotes', async () => {
    expect(
      await linked('apps/base/web.yaml', 'configMapRef:\n                name: sett‸ings'),
    ).toEqual({
      definitions: ['apps/base/kustomization.yaml:5 settings'],
      uses: [
        'apps/base/web.yaml:26 settings',
        'apps/overlays/production/kustomization.yaml:8 settings',
      ],
    });
    expect(await linked('apps/base/web.yaml', 'serviceAccountName: run‸ner')).toEqual({
      definitions: ['apps/base/web.yaml:31 runner'],
      uses: ['apps/base/web.yaml:15 runner'],
    });
  });

  it('of another environment is another one', async () => {
    const found = await linked(
      'clusters/staging/apps.yaml',
      'kind: GitRepository\n    name: flux‸',
    );
    expect(found?.definitions).toEqual([
      'clusters/staging/flux-system/gotk-sync.yaml:4 flux-system',
    ]);
  });
});

describe('a label', () => {
  it('leads from what selects it to what has it', async () => {
    expect(await linked('apps/base/service.yaml', 'selector:\n    app: w‸eb')).toEqual({
      definitions: ['apps/base/web.yaml:13 web'],
      uses: ['apps/base/service.yaml:7 web', 'apps/base/web.yaml:9 web'],
    });
  });
});

describe('a variable', () => {
  it('leads from its uses to each environment that sets it', async () => {
    const expected = {
      definitions: ['clusters/production/apps.yaml:16 HOST', 'clusters/staging/apps.yaml:16 HOST'],
      uses: ['apps/base/web.yaml:21 HOST'],
    };
    const found = await linked('apps/base/web.yaml', `"\${HO‸ST}"`);
    expect(found).toMatchObject(expected);
    expect(await linked('clusters/staging/apps.yaml', 'HOS‸T: staging')).toMatchObject(expected);
  });

  it('may be set by the data of a ConfigMap', async () => {
    const found = await linked('apps/base/web.yaml', '${REG‸ION:=');
    expect(found?.definitions).toEqual([
      'clusters/production/apps.yaml:17 REGION',
      'clusters/staging/vars.yaml:7 REGION',
    ]);
  });
});

describe('what a chart names', () => {
  it('leads to its values and back', async () => {
    const expected = {
      definitions: ['charts/api/values-production.yaml:2 tag', 'charts/api/values.yaml:2 tag'],
      uses: ['charts/api/templates/map.yaml:6 image.tag'],
    };
    expect(await linked('charts/api/templates/map.yaml', '.Values.image.t‸ag')).toMatchObject(
      expected,
    );
    expect(await linked('charts/api/values.yaml', 't‸ag: "1"')).toMatchObject(expected);
  });

  it('leads to the map where that is pointed at', async () => {
    const found = await linked('charts/api/templates/map.yaml', '.Values.im‸age.tag');
    expect(found?.definitions).toContain('charts/api/values.yaml:1 image');
  });

  it('leads to the template that is included', async () => {
    expect(await linked('charts/api/templates/map.yaml', 'include "api.‸name"')).toMatchObject({
      definitions: ['charts/api/templates/_helpers.tpl:1 api.name'],
      uses: ['charts/api/templates/map.yaml:4 api.name'],
    });
  });
});

describe('a file', () => {
  it('is named by kustomizations, and as a folder by what deploys it', async () => {
    const { index } = await open(repositoryWith(fleet));
    expect(shown(fleet, pathUses(index, 'apps/base/web.yaml'))).toEqual([
      'apps/base/kustomization.yaml:2 web.yaml',
    ]);
    expect(shown(fleet, pathUses(index, 'apps/base/kustomization.yaml'))).toEqual([
      'apps/overlays/production/kustomization.yaml:3 ../../base',
      'apps/overlays/staging/kustomization.yaml:2 ../../base',
    ]);
    expect(shown(fleet, pathUses(index, 'apps/overlays/staging/kustomization.yaml'))).toEqual([
      'clusters/staging/apps.yaml:8 ./apps/overlays/staging',
    ]);
  });
});

describe('objects of the repository', () => {
  it('are found by kind, namespace and name, the nearest first', async () => {
    const { index } = await open(repositoryWith(fleet));
    const names = (query: string) =>
      findObjects(index, query).map(({ resource }) => `${resource.kind} ${resource.name}`);
    expect(names('web').slice(0, 3)).toEqual([
      'Service web',
      'HorizontalPodAutoscaler web',
      'Deployment web',
    ]);
    expect(names('deployment web')).toEqual(['Deployment web']);
    expect(names('cluster-v')).toEqual(['ConfigMap cluster-vars']);
    expect(names('no such thing')).toEqual([]);
  });
});
