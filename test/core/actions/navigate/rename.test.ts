import { describe, expect, it } from 'vitest';
import { labelUsesIn } from '../../../../src/core/actions/navigate/label-links.ts';
import { nameUsesIn } from '../../../../src/core/actions/navigate/name-uses.ts';
import { prepareRename, rename } from '../../../../src/core/actions/navigate/rename.ts';
import { variablesIn } from '../../../../src/core/actions/navigate/variable-links.ts';
import { isObject, type Json } from '../../../../src/core/model/resource.ts';
import type { Workspace } from '../../../../src/core/workspace.ts';
import { repositoryWith } from '../../git/folders.ts';
import { open } from '../shop.ts';
import { fleet } from './fleet.ts';
import { at, renderedTexts } from './places.ts';

/** The repository's texts with something renamed, and where. */
async function renamedFiles(
  workspace: Workspace,
  files: Record<string, string>,
  place: { file: string; offset: number; to: string },
) {
  const edits = await rename(workspace, place.file, place.offset, place.to);
  const after = { ...files };
  for (const { file, spots } of edits)
    after[file] = spots
      .toSorted((a, b) => b.start - a.start)
      .reduce(
        (text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end),
        after[file] ?? '',
      );
  const count = edits.map(({ spots }) => spots.length).reduce((sum, each) => sum + each, 0);
  return { after, count };
}

/** Every object with another name written back, without generated hashes, keys and objects in one order. */
function canonical(texts: Record<string, string[]>, to: string, name: string): string[] {
  return Object.entries(texts)
    .flatMap(([environment, objects]) =>
      objects.map(object => {
        const back = object.replaceAll(to, name).replace(/-[2456789bcdfghkmt]{10}\b/g, '-hash');
        return `${environment} ${JSON.stringify(sorted(JSON.parse(back)))}`;
      }),
    )
    .sort();
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, Json] => [key, sorted(inner)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function refusal(files: Record<string, string>, file: string, marked: string, to = 'new') {
  const workspace = await open(repositoryWith(files));
  const offset = at(files[file] ?? '', marked);
  return rename(workspace, file, offset, to).then(
    edits => `${edits.length} files`,
    (error: Error) => error.message,
  );
}

describe('a rename', () => {
  it('of anything, from any place, renders the same but for the name', async () => {
    const workspace = await open(repositoryWith(fleet));
    const before = await renderedTexts(workspace);
    const { index } = workspace;
    const places = index.files().flatMap(file => [
      ...nameUsesIn(file).flatMap(({ spot, name, kinds }) =>
        spot && kinds[0]?.kind !== 'Namespace' && !/flux-system|^apps$/.test(name)
          ? [{ spot, name, to: 'zq-new' }]
          : [],
      ),
      ...labelUsesIn(file).flatMap(({ spot, value }) =>
        spot ? [{ spot, name: value, to: 'zq-new' }] : [],
      ),
      ...variablesIn(file.path, file.text).map(({ spot, name }) => ({
        spot,
        name,
        to: 'ZQ_NEW',
      })),
    ]);
    expect(places.length).toBeGreaterThan(20);
    const groups = new Set<string>();
    for (const { spot, name, to } of places) {
      const place = { file: spot.file, offset: spot.start, to };
      const { after, count } = await renamedFiles(workspace, fleet, place);
      // From each place of a group the same edit is made; one of them is rendered.
      const key = JSON.stringify(after);
      if (groups.has(key)) continue;
      groups.add(key);
      expect(count, `${spot.file} ${name}`).toBeGreaterThan(0);
      const then = await renderedTexts(await open(repositoryWith(after)));
      expect(JSON.stringify(then), `${spot.file} ${name}`).toContain(to);
      const same = canonical(before, to, name);
      expect(canonical(then, to, name), `${spot.file} ${name}`).toEqual(same);
    }
    expect(groups.size).toBeGreaterThan(6);
  }, 60_000);

  it('keeps comments, quotes and every other byte', async () => {
    const workspace = await open(repositoryWith(fleet));
    const file = 'apps/base/web.yaml';
    const offset = at(fleet[file] ?? '', 'name: "run‸ner"');
    const { after } = await renamedFiles(workspace, fleet, { file, offset, to: 'agent' });
    expect(after).toEqual({ ...fleet, [file]: (fleet[file] ?? '').replaceAll('runner', 'agent') });
    const number = await renamedFiles(workspace, fleet, { file, offset, to: '12' });
    expect(number.after[file]).toContain('serviceAccountName: "12"\n');
    expect(number.after[file]).toContain('name: "12"\n');
  });

  it('begins with the word and where it stands', async () => {
    const workspace = await open(repositoryWith(fleet));
    const file = 'clusters/staging/apps.yaml';
    const text = fleet[file] ?? '';
    expect(await prepareRename(workspace, file, at(text, 'HO‸ST: staging'))).toEqual({
      name: 'HOST',
      spot: { file, start: at(text, '‸HOST: staging'), end: at(text, 'HOST‸: staging') },
    });
  });
});

describe('a rename is refused', () => {
  const base = 'apps/base/web.yaml';

  it('where nothing can be renamed, or a template makes the text', async () => {
    expect(await refusal(fleet, base, 'repli‸cas: 1')).toMatch(/^Here is no name/);
    expect(await refusal(fleet, 'charts/api/templates/map.yaml', 'na‸me: {{')).toBe(
      'A template makes this text, so it cannot be renamed here.',
    );
  });

  it('where the object is made elsewhere', async () => {
    const files = {
      ...fleet,
      [base]: (fleet[base] ?? '').replace('name: settings', 'name: given'),
    };
    expect(await refusal(files, base, 'name: gi‸ven')).toBe(
      'Nothing in this repository defines the ConfigMap given: rename it where it is made.',
    );
  });

  it('where a variable makes the name, or comes from elsewhere', async () => {
    const files = {
      ...fleet,
      [base]: (fleet[base] ?? '').replace('name: settings', 'name: a-$' + '{HOST}'),
    };
    expect(await refusal(files, base, 'name: a‸-')).toMatch(/^A variable or template makes/);
    const unset = {
      ...fleet,
      [base]: (fleet[base] ?? '').replace('REGION:=', 'UNSET:='),
    };
    expect(await refusal(unset, base, '{UNS‸ET')).toBe(
      'Nothing in this repository defines this variable.',
    );
  });

  it('where SOPS signs a file in which it stands', async () => {
    const file = 'apps/base/secret.yaml';
    const files: Record<string, string> = {
      ...fleet,
      'apps/base/kustomization.yaml': (fleet['apps/base/kustomization.yaml'] ?? '').replace(
        '- web.yaml',
        '- web.yaml\n  - secret.yaml',
      ),
      [file]: `apiVersion: v1
kind: Secret
metadata:
  name: token
stringData:
  a: ENC[AES256_GCM,data:p673w==,iv:YY=,aad:UQ=,tag:Y=,type:str]
sops:
  mac: ENC[AES256_GCM,data:p673w==,iv:YY=,aad:UQ=,tag:Y=,type:str]
  version: 3.8.1
`,
    };
    expect(await refusal(files, file, 'name: tok‸en')).toBe(
      'SOPS signs apps/base/secret.yaml as a whole, so nothing is renamed in it: use sops.',
    );
  });

  it('where the new name is none, or is taken', async () => {
    expect(await refusal(fleet, base, 'metadata:\n  name: ‸web', 'Web 2')).toMatch(/is no name/);
    expect(
      await refusal(
        fleet,
        'apps/base/service.yaml',
        'metadata:\n  name: ‸web\nspec:\n  selector',
        '2web',
      ),
    ).toMatch(/is no name/);
    expect(await refusal(fleet, base, `"\${HO‸ST}"`, 'a-b')).toMatch(/is no name of a variable/);
    const files = {
      ...fleet,
      'apps/base/service.yaml': `${fleet['apps/base/service.yaml']}---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: other
`,
    };
    expect(await refusal(files, base, 'name: "run‸ner"', 'other')).toBe(
      'There is a ServiceAccount other already (apps/base/service.yaml:22).',
    );
  });

  it('where an address has its name as the host', async () => {
    const files = {
      ...fleet,
      [base]: (fleet[base] ?? '').replace(
        'nowhere}',
        'nowhere}\n            - {name: API, value: "http://web.shop/api"}',
      ),
    };
    const service = 'kind: Service\nmetadata:\n  name: w‸eb';
    expect(await refusal(files, 'apps/base/service.yaml', service)).toMatch(
      /^It cannot be renamed safely: Deployment .*web in .* speaks to web in a text of its own\.$/,
    );
    expect(await refusal(fleet, 'apps/base/service.yaml', service)).toBe('1 files');
  });

  it('of a namespace', async () => {
    const files = {
      ...fleet,
      'clusters/staging/namespace.yaml':
        'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n',
    };
    expect(await refusal(files, 'clusters/staging/namespace.yaml', 'name: sh‸op')).toMatch(
      /^A namespace is named in more ways/,
    );
  });

  it('where something would name it still that is not found as a reference', async () => {
    const files = {
      ...fleet,
      'apps/overlays/staging/kustomization.yaml': `resources:
  - ../../base
patches:
  - target: {kind: Deployment, name: web}
    patch: |
      - op: add
        path: /spec/template/spec/containers/0/envFrom/0/configMapRef/name
        value: settings
`,
    };
    expect(await refusal(files, base, 'name: set‸tings')).toMatch(/^It cannot be renamed safely: /);
  });
});
