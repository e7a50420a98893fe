import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import type { Effect, ObjectEffect } from '../../../src/core/actions/effect/effect.ts';
import type { EnvironmentChange, ObjectChange } from '../../../src/core/actions/propose/changes.ts';
import { objectDiff } from '../../../src/core/actions/propose/diff.ts';
import {
  proposalBody,
  proposalTitle,
  proposalWhy,
} from '../../../src/core/actions/propose/text.ts';
import type { JsonObject } from '../../../src/core/model/resource.ts';

const web = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const deployment = (replicas: number, name = 'web'): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop' },
  spec: { replicas },
});
const scaled: ObjectChange = {
  resource: web,
  change: 'change',
  before: deployment(2),
  after: deployment(3),
};
const added: ObjectChange = {
  resource: { ...web, name: 'api' },
  change: 'create',
  after: deployment(1, 'api'),
};
const environment = (name: string, ...objects: ObjectChange[]): EnvironmentChange => ({
  environment: name,
  protected: false,
  objects,
  notChecked: [],
});

describe('the title', () => {
  it.each([
    [[environment('production', scaled)], 'production: change Deployment shop/web'],
    [[environment('production', added)], 'production: create Deployment shop/api'],
    [[environment('production', scaled, added)], 'production: change 2 objects'],
    [
      [environment('staging', scaled), environment('production', scaled)],
      'staging, production: change Deployment shop/web',
    ],
    [
      ['a', 'b', 'c', 'd'].map(name => environment(name, scaled)),
      '4 environments: change Deployment shop/web',
    ],
    [[], 'change README.md'],
  ])('%#', (changes, title) => {
    expect(proposalTitle(changes, ['README.md'])).toBe(title);
  });

  it('is one line that a forge takes', () => {
    const name = `a\n\u202e${'x'.repeat(400)}`;
    const title = proposalTitle([environment(name, scaled)], []);
    expect(title.length).toBeLessThanOrEqual(200);
    expect(title).toMatch(/^a\\n\\u202ex+…$/);
  });
});

describe('the table of an environment', () => {
  const effect = (fields: ObjectEffect['fields'], liveEdits: ObjectEffect['liveEdits'] = []) => ({
    environments: [
      {
        ...{ environment: 'production', protected: false, notChecked: [] },
        objects: [
          {
            object: web,
            application: 'shop',
            change: 'change' as const,
            fields,
            liveEdits,
            before: '',
            after: '',
          },
        ],
      },
    ],
  });
  const body = (known: Effect) => proposalBody('Why.', [environment('production', scaled)], known);
  const field = (name: string) => ({ path: `.spec.${name}`, before: 2, after: 3 });

  it('tells few fields, and counts many', () => {
    expect(body(effect([field('replicas')]))).toContain('<code>spec.replicas 2 → 3</code>');
    expect(body(effect(['a', 'b', 'c', 'd'].map(field)))).toContain('| change 4 fields |');
    expect(proposalBody('Why.', [environment('production', scaled)])).toContain('| change |');
  });

  it('tells whose change in the cluster would be overwritten, only where one is known', () => {
    const by = [
      { manager: 'kubectl-edit', operation: 'Update' as const, time: '2026-03-04T09:00:00Z' },
    ];
    const edit = { path: '.spec.replicas', kind: 'changed' as const, desired: 3, live: 5, by };
    const text = body(effect([{ ...field('replicas'), liveEdit: edit }], [edit]));
    expect(text).toContain('| object | change | would overwrite a live edit |');
    expect(text).toContain('<code>spec.replicas</code> by kubectl-edit, 2026');
    expect(body(effect([field('replicas')]))).not.toContain('overwrite');
  });
});

describe('the diff of an object', () => {
  it('has the lines that change, with those around them', () => {
    expect(objectDiff(scaled)).toEqual([
      '@@ -4,4 +4,4 @@',
      '   name: web',
      '   namespace: shop',
      ' spec:',
      '-  replicas: 2',
      '+  replicas: 3',
    ]);
  });

  it('is the whole manifest of what comes or goes', () => {
    const lines = objectDiff(added)?.slice(1) ?? [];
    expect(lines).toHaveLength(7);
    expect(lines.every(line => line.startsWith('+'))).toBe(true);
    const gone = objectDiff({ ...scaled, change: 'remove', after: undefined })?.slice(1) ?? [];
    expect(gone).toHaveLength(7);
    expect(gone.every(line => line.startsWith('-'))).toBe(true);
  });

  it('shows that a secret value changes, and none', () => {
    const resource = { group: '', version: 'v1', kind: 'Secret', namespace: 'shop', name: 'db' };
    const secret = (data: JsonObject, stringData: JsonObject): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'db',
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(stringData),
          team: 'shop',
        },
      },
      data,
      stringData,
    });
    const before = secret({ same: 'c2FtZQ==', key: 'b2xk' }, { password: 'hunter2' });
    const after = secret({ same: 'c2FtZQ==', key: 'bmV3' }, { password: 'hunter3', more: 'n3w' });
    const lines = objectDiff({ resource, change: 'change', before, after }) ?? [];
    const text = lines.join('\n');
    for (const value of ['c2FtZQ', 'b2xk', 'bmV3', 'hunter', 'n3w'])
      expect(text).not.toContain(value);
    expect(lines).toContain('   same: •••');
    expect(lines).toContain('-  key: •••');
    expect(lines).toContain('+  key: ••• (changed)');
    expect(lines).toContain('+  more: •••');
    expect(lines).toContain('     team: shop');
  });

  it('cannot be mistaken for something else by control characters', () => {
    const value: JsonObject = { apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'x\u001b[2Jy' } };
    const lines = objectDiff({
      resource: { ...web, kind: 'ConfigMap' },
      change: 'create',
      after: value,
    });
    expect(lines?.join('')).not.toContain('\u001b');
  });
});

describe('the text', () => {
  const html = (text: string) => new MarkdownIt({ html: true }).render(text);

  it('says why, what changes where, with a folded diff, and nothing else', () => {
    const files = [{ path: 'a.yaml', change: 'modified' as const, environments: ['production'] }];
    expect(proposalBody(proposalWhy(files), [environment('production', scaled, added)])).toBe(
      `Changes <code>a.yaml</code>, which production reads.

### production

| object | change |
| --- | --- |
| <code>Deployment shop/web</code> | change |
| <code>Deployment shop/api</code> | create |

<details>
<summary>rendered diff of production</summary>

<code>Deployment shop/web</code>

\`\`\`diff
@@ -4,4 +4,4 @@
   name: web
   namespace: shop
 spec:
-  replicas: 2
+  replicas: 3
\`\`\`

<code>Deployment shop/api</code>

\`\`\`diff
@@ -1,0 +1,7 @@
+apiVersion: apps/v1
+kind: Deployment
+metadata:
+  name: api
+  namespace: shop
+spec:
+  replicas: 1
\`\`\`

</details>
`,
    );
  });

  it('names a few files and the environments that read them', () => {
    const file = (path: string, ...environments: string[]) => ({
      path,
      change: 'modified' as const,
      environments,
    });
    expect(proposalWhy([file('a', 'x'), file('b', 'y', 'x'), file('c')])).toBe(
      'Changes <code>a</code>, <code>b</code> and <code>c</code>, which x and y read.',
    );
    expect(proposalWhy(['a', 'b', 'c', 'd', 'e'].map(path => file(path)))).toBe(
      'Changes <code>a</code>, <code>b</code>, <code>c</code> and 2 more files, which no environment reads.',
    );
  });

  it('says what could not be checked', () => {
    const place = { file: 'apps/x.yaml', line: 3, column: 1 };
    const notChecked = [{ reason: 'x: the chart is not here', place, environment: 'production' }];
    const text = proposalBody('Why.', [{ ...environment('production'), notChecked }]);
    expect(text).toBe(
      'Why.\n\nNo object that could be rendered changes.\n\n### Not checked\n\n- production: x: the chart is not here (<code>apps/x.yaml&#58;3</code>)\n',
    );
  });

  it('says that nothing changes', () => {
    expect(proposalBody('Why.', [])).toBe(
      'Why.\n\nNo rendered object of any environment changes.\n',
    );
  });

  it('is not broken by what a manifest holds', () => {
    const data = { 'a.md': '```\n</details>\n````\n<script>alert(1)</script>\n@everyone #1' };
    const object: ObjectChange = {
      resource: { ...web, kind: 'ConfigMap', name: '<b>|`x`' },
      change: 'create',
      after: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data },
    };
    const page = html(proposalBody('Why.', [environment('a|<i>`', object, scaled)]));
    expect(page).not.toMatch(/<script|<b>|<i>/);
    expect(page.match(/<\/details>/g)).toHaveLength(1);
    expect(page.match(/<pre>/g)).toHaveLength(2);
    expect(page.match(/<tr>/g)).toHaveLength(3);
  });

  it('leaves out the last diffs where all would be too long, and says so', () => {
    const many = Array.from({ length: 90 }, (_, at): ObjectChange => {
      const data = Object.fromEntries(
        Array.from({ length: 60 }, (_, n) => [`key${n}`, 'é'.repeat(20)]),
      );
      return {
        resource: { ...web, kind: 'ConfigMap', name: `c${at}` },
        change: 'create',
        after: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c${at}` }, data },
      };
    });
    const text = proposalBody('Why.', [environment('a', ...many), environment('b', scaled)]);
    expect(Buffer.byteLength(text)).toBeLessThan(65_000);
    const shown = text.match(/```diff/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(10);
    expect(text).toContain(`The diff of ${90 - shown} objects is left out: too long for here.`);
    expect(text).toMatch(/### b[\s\S]*The diff of 1 object is left out: too long for here\.\n$/);
    expect(text.match(/^\| <code>/gm)).toHaveLength(91);
  });

  it('fits a forge whatever changes', () => {
    const long = Array.from({ length: 3000 }, (_, at) => ({
      ...scaled,
      resource: { ...web, name: `${at}-${'n'.repeat(400)}` },
    }));
    const reasons = Array.from({ length: 3000 }, (_, at) => ({
      reason: `${at}${'r'.repeat(900)}`,
    }));
    const text = proposalBody('Why.', [{ ...environment('a', ...long), notChecked: reasons }]);
    expect(Buffer.byteLength(text)).toBeLessThan(65_536);
    expect(text).toMatch(/… and \d+ more objects\./);
    expect(text).toMatch(/- … and \d+ more\n$/);
  });

  it('gives up a diff that would take too long, not the text', () => {
    const noise = (seed: number) =>
      Object.fromEntries(
        Array.from({ length: 40_000 }, (_, n) => [
          `k${(n * seed) % 99_991}`,
          `${(n * seed) % 7919}`,
        ]),
      );
    const object: ObjectChange = {
      ...scaled,
      before: { ...deployment(1), data: noise(7) },
      after: { ...deployment(1), data: noise(13) },
    };
    const started = performance.now();
    const text = proposalBody('Why.', [environment('a', object)]);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(text).toMatch(/too much differs for a diff|left out/);
  });
});
