import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Taking, takeLive } from '../../../../src/core/actions/take/take.ts';
import type { DriftPath } from '../../../../src/core/model/drift.ts';
import type { Json, JsonObject, Resource } from '../../../../src/core/model/resource.ts';
import { Workspace } from '../../../../src/core/workspace.ts';
import { write } from '../../git/folders.ts';
import { conf, fleet, web } from './fleet.ts';

let workspace: Workspace;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'driftline-take-'));
  for (const [path, text] of Object.entries(fleet)) write(directory, path, text);
  workspace = await Workspace.open({
    directory,
    offline: true,
    host: { log: () => {}, trusted: () => true, secret: () => undefined, forges: () => ({}) },
  });
});
afterAll(async () => {
  await workspace.close();
  await rm(directory, { recursive: true });
});

type Options = Partial<DriftPath> & { object?: Resource; running?: JsonObject; removal?: boolean };

async function take(path: string, live: Json | undefined, options: Options = {}): Promise<Taking> {
  const { object = web, running, removal, ...rest } = options;
  const [environment] = await workspace.choose([]);
  return takeLive(
    workspace,
    {
      environment: environment?.name ?? '',
      object,
      path: { path, kind: 'changed', by: [], ...(live !== undefined && { live }), ...rest },
      live: running,
    },
    { removal },
  );
}

/** The lines that an edit takes out (`-`) and brings (`+`). */
function diff(taking: Taking): string[] {
  if (taking.kind !== 'edit') return [taking.reason];
  const [before, after] = [taking.before.split('\n'), taking.after.split('\n')];
  let start = 0;
  while (before[start] === after[start] && start < before.length) start++;
  let end = 0;
  while (
    before.at(-1 - end) === after.at(-1 - end) &&
    end < Math.min(before.length, after.length) - start
  )
    end++;
  return [
    taking.file,
    ...before.slice(start, before.length - end).map(line => `-${line}`),
    ...after.slice(start, after.length - end).map(line => `+${line}`),
  ];
}

const container = '.spec.template.spec.containers[name="app"]';

describe('taking what runs into the file', () => {
  it.each<[string, string, Json | undefined, Options, string[]]>([
    [
      'a plain field',
      '.spec.template.spec.containers[name="side"].image',
      'side:2',
      {},
      ['base/dep.yaml', '-        image: side:1', '+        image: side:2'],
    ],
    [
      'the count of replicas',
      '.spec.replicas',
      7,
      {},
      ['prod/kustomization.yaml', '-  count: 5', '+  count: 7'],
    ],
    [
      'a tag',
      `${container}.image`,
      'web:hotfix',
      {},
      ['prod/kustomization.yaml', '-  newTag: 1.9.0', '+  newTag: hotfix'],
    ],
    [
      'a tag that reads as a number',
      `${container}.image`,
      'web:1.10',
      {},
      ['prod/kustomization.yaml', '-  newTag: 1.9.0', '+  newTag: "1.10"'],
    ],
    [
      'another image',
      `${container}.image`,
      'ghcr.io/x/web@sha256:00',
      {},
      [
        'prod/kustomization.yaml',
        '-  newTag: 1.9.0',
        '+  newName: ghcr.io/x/web',
        '+  digest: sha256:00',
      ],
    ],
    [
      'a value of a strategic patch',
      `${container}.resources.limits.cpu`,
      '200m',
      {},
      [
        'prod/kustomization.yaml',
        '-                cpu: 100m # strategic',
        '+                cpu: 200m # strategic',
      ],
    ],
    [
      'a value of a JSON patch',
      '.metadata.annotations.a',
      'yes',
      {},
      [
        'prod/kustomization.yaml',
        '-      value: {a: b} # json6902',
        '+      value: {a: "yes"} # json6902',
      ],
    ],
    [
      'a variable',
      `${container}.env[name="LOG"].value`,
      'debug',
      {},
      ['A part of this value is made'],
    ],
    [
      'a list as a whole',
      `${container}.args`,
      ['a', 'x', 'b'],
      {},
      ['base/dep.yaml', '-        args: ["a", "b"] # args', '+        args: ["a", x, "b"] # args'],
    ],
    [
      'an order',
      `${container}.env`,
      ['k:{"name":"MIX"}', 'k:{"name":"LOG"}'],
      { kind: 'order' },
      [
        'base/dep.yaml',
        '-        - name: LOG',
        `-          value: \${LOG}`,
        '-        - name: MIX',
        `-          value: x-\${LOG}`,
        '+        - name: MIX',
        `+          value: x-\${LOG}`,
        '+        - name: LOG',
        `+          value: \${LOG}`,
      ],
    ],
    [
      'what is not live',
      `${container}.env[name="MIX"]`,
      undefined,
      { kind: 'missing' },
      ['base/dep.yaml', '-        - name: MIX', `-          value: x-\${LOG}`],
    ],
    [
      'a new item',
      `${container}.env[name="NEW"]`,
      { name: 'NEW', value: 'yes' },
      { kind: 'stale' },
      ['base/dep.yaml', '+        - name: NEW', '+          value: "yes"'],
    ],
    [
      'a new field',
      `${container}.imagePullPolicy`,
      'Always',
      {
        kind: 'stale',
        running: {
          spec: {
            template: {
              spec: {
                containers: [
                  { args: 1, env: 1, image: 1, imagePullPolicy: 1, name: 'app', ports: 1 },
                ],
              },
            },
          },
        },
      },
      ['base/dep.yaml', '+        imagePullPolicy: Always'],
    ],
    [
      'a new map',
      '.spec.strategy.type',
      'Recreate',
      { kind: 'stale' },
      ['base/dep.yaml', '+  strategy:', '+    type: Recreate'],
    ],
    [
      'a replacement',
      '.metadata.annotations.x',
      'bye',
      {},
      ['prod/src.yaml', '-  x: hello', '+  x: bye'],
    ],
    [
      'a literal',
      '.data.A',
      'two',
      { object: conf },
      ['prod/kustomization.yaml', '-  - A=one # literal', '+  - A=two # literal'],
    ],
    [
      'a quoted literal',
      '.data.B',
      'three',
      { object: conf },
      ['prod/kustomization.yaml', '-  - B="two"', '+  - B="three"'],
    ],
    [
      'a line of an env file',
      '.data.FOO',
      'baz',
      { object: conf },
      ['prod/v.env', '-FOO=bar', '+FOO=baz'],
    ],
    [
      'a file',
      '.data["app.conf"]',
      'line1\nline3\n',
      { object: conf },
      ['prod/app.conf', '-line2', '+line3'],
    ],
  ])('edits the line of %s', async (name, path, live, options, expected) => {
    const found = diff(await take(path, live, options));
    if (name === 'a variable')
      expect(found).toEqual([
        'clusters/web.yaml',
        '-      LOG: info # level',
        '+      LOG: debug # level',
      ]);
    else expect(found).toEqual(expected);
  });

  it('says what else a shared value changes', async () => {
    const taking = await take('.metadata.annotations.x', 'bye');
    expect(taking).toMatchObject({
      kind: 'edit',
      also: [{ object: { kind: 'ConfigMap', name: 'p-src' } }],
    });
    expect(await take('.spec.replicas', 7)).toMatchObject({ also: [] });
  });

  it('says which other fields of the object a shared variable changes', async () => {
    const taking = await take(`${container}.env[name="LOG"].value`, 'debug');
    const fields = [`${container}.env[name="MIX"].value`];
    expect(taking).toMatchObject({ also: [{ object: web, fields }] });
  });

  it('keeps an empty map where one runs', async () => {
    const volumes = [{ name: 'tmp', emptyDir: {} }];
    const running = { spec: { template: { spec: { volumes } } } };
    const found = diff(
      await take('.spec.template.spec.volumes[name="tmp"].emptyDir.sizeLimit', undefined, {
        kind: 'missing',
        running,
      }),
    );
    expect(found).toEqual([
      'base/dep.yaml',
      '-        emptyDir:',
      '-          sizeLimit: 1Gi',
      '+        emptyDir: {}',
    ]);
  });

  it('takes a field out of the manifest', async () => {
    const found = diff(
      await take('.spec.template.spec.containers[name="side"].image', undefined, { removal: true }),
    );
    expect(found).toEqual(['base/dep.yaml', '-        image: side:1']);
  });

  it.each<[string, string, Json, Options, RegExp]>([
    ['a prefix', '.metadata.name', 'other', {}, /namePrefix/],
    ['an alias', '.spec.selector.matchLabels.app', 'other', {}, /alias \(\*l\) repeats/],
    [
      'a part of a text with a variable',
      `${container}.env[name="MIX"].value`,
      'y-info',
      {},
      /Variables \(LOG\) make a part/,
    ],
    ['a secret', '.spec.replicas', 1, { secret: true }, /secret values are never taken/],
    [
      'an object that is not rendered',
      '.spec.replicas',
      1,
      { object: { ...web, name: 'none' } },
      /does not render/,
    ],
  ])('says where %s comes from', async (_, path, live, options, reason) => {
    const taking = await take(path, live, options);
    expect(taking.kind).toBe('elsewhere');
    expect(diff(taking)[0]).toMatch(reason);
  });

  it('follows an object whose name has a hash of its content', async () => {
    const [environment] = await workspace.choose([]);
    const application = environment?.applications.find(({ name }) => name === 'web');
    const { objects } = await workspace.render(application as NonNullable<typeof application>);
    const name =
      objects.map(({ resource }) => resource.name).find(each => each.startsWith('p-hashed-')) ?? '';
    const found = diff(await take('.data.H', '2', { object: { ...conf, name } }));
    expect(found).toEqual(['prod/kustomization.yaml', '-  literals: [H=1]', '+  literals: [H=2]']);
  });
});
