import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Repository } from '../../src/core/model/repository.ts';
import { ResidentProgram } from '../../src/core/upstream/process.ts';
import { requireProgram } from '../../src/core/upstream/programs.ts';
import {
  type RendererAnswer,
  type RendererObject,
  type RendererPlace,
  RendererProgram,
} from '../../src/core/upstream/renderer.ts';
import { filesBelow, repositoryOf, scalars } from '../core/render/harness.ts';

// What the corpora's charts lack: every kind of dependency, value and failure, as the real helm says it.
const tools = process.env.DRIFTLINE_TOOLS ?? '';
const has = existsSync(join(tools, 'helm'));

/** A flag of `helm template` and what it is in a request to the renderer. */
interface Flag {
  flags: string[];
  request?: Record<string, unknown>;
  values?: Record<string, unknown>[];
}

const file = (name: string): Flag => ({
  flags: ['-f', name],
  values: [{ file: name }],
});
const set = (as: string, text: string): Flag => ({
  flags: [as === 'set' ? '--set' : `--set-${as}`, text],
  values: [{ as, set: text }],
});

const variants: Flag[][] = [
  [],
  [file('shop/values-production.yaml')],
  [file('shop/values-production.yaml'), file('shop/values-more.yaml')],
  [file('shop/values-more.yaml'), file('shop/values-production.yaml')],
  [set('set', 'replicas=3,image.tag=2.0,list={x,y},env.NEW=1,labels.a\\.b=c')],
  [set('set', 'ports[0].port=81,ports[2].name=third,ports[2].port=82,env.GREETING=null')],
  [set('set', 'tags.backend=false'), set('set', 'tags.messages=true')],
  [set('set', 'cache.enabled=true,sessions.enabled=false,global.domain=set.example')],
  [set('string', 'replicas=3,name=true,labels.team=0123')],
  [set('json', 'resources={"limits":{"cpu":2}}'), set('set', 'env.BIG=1e3')],
  [set('json', '{"list": ["j"], "probe": {"enabled": true}}')],
  [set('file', 'motd=shop/motd.txt')],
  [set('literal', 'name=a,b=c\\d'), set('set', 'debug=1')],
  [{ flags: ['--kube-version', '1.29.3'], request: { kubeVersion: '1.29.3' } }],
  [{ flags: ['--api-versions', 'a.example/v1'], request: { apiVersions: ['a.example/v1'] } }],
  [
    {
      flags: ['--include-crds', '-n', 'store'],
      request: { includeCrds: true, namespace: 'store' },
    },
  ],
  [{ flags: ['--is-upgrade'], request: { isUpgrade: true } }],
  [{ flags: ['--no-hooks'], request: { noHooks: true } }],
  [{ flags: ['--skip-tests'], request: { skipTests: true } }],
  // What Helm refuses.
  [set('set', 'list=')],
  [set('set', 'a[0=b')],
  [set('set', 'name.below=x')],
  [set('json', 'a={')],
  [set('json', '{"a"')],
  [set('file', 'motd=shop/gone.txt')],
  [file('shop/gone.yaml')],
  [file('shop/templates/deployment.yaml')],
  [{ flags: ['--kube-version', 'new'], request: { kubeVersion: 'new' } }],
];

describe.skipIf(!has && !process.env.CI)('charts of our own', () => {
  const resident = new ResidentProgram({ program: requireProgram('renderer') });
  const renderer = new RendererProgram(resident);
  // The tools name folders by their real paths.
  const root = join(realpathSync(mkdtempSync(join(tmpdir(), 'charts-'))), 'charts');
  cpSync(join(import.meta.dirname, 'charts'), root, { recursive: true });
  afterAll(async () => {
    rmSync(dirname(root), { recursive: true, force: true });
    await resident.close();
  });
  const repository = (): Repository => ({ ...repositoryOf(filesBelow(root)), root });

  it('are rendered with the real helm', () => {
    expect(has).toBe(true);
  });

  it.each(variants.map(flags => ({ flags, name: flags.flatMap(f => f.flags).join(' ') })))(
    'as helm template shop $name',
    async ({ flags }) => {
      await expect(ours(repository(), 'shop', flags)).resolves.toEqual(await theirs('shop', flags));
    },
  );

  it('as helm does where subcharts are packed', async () => {
    for (const name of ['cache', 'base']) {
      const packed = join(root, 'packed/charts');
      cpSync(join(root, 'shop'), join(root, 'packed'), { recursive: true });
      execFileSync(
        join(tools, 'helm'),
        ['package', join(packed, name), '-d', packed],
        environment(),
      );
      rmSync(join(packed, name), { recursive: true });
      expect(readdirSync(packed).some(entry => entry.startsWith(`${name}-`))).toBe(true);
      const flags = [file('packed/values-production.yaml')];
      await expect(ours(repository(), 'packed', flags)).resolves.toEqual(
        await theirs('packed', flags),
      );
      rmSync(join(root, 'packed'), { recursive: true });
    }
  });

  it.each([
    'owner=me',
    'owner=me,replicas=0',
    'owner=Me,mode=slow',
    'owner=me,other=1',
    'mode=safe',
  ])('as helm checks %s by a schema', async values => {
    const flags = [set('set', values)];
    const made = await ours(repository(), 'strict', flags);
    expect(sorted(made)).toBe(sorted(await theirs('strict', flags)));
  });

  it.each(readdirSync(join(import.meta.dirname, 'charts/broken')))(
    'fail with the words of helm: %s',
    async name => {
      const path = `broken/${name}`;
      await expect(ours(repository(), path, [])).resolves.toEqual(await theirs(path, []));
    },
  );

  async function ours(repository: Repository, path: string, flags: Flag[]): Promise<string> {
    const { text, failure } = await renderer.render('helm', repository, {
      path,
      release: 'shop',
      text: true,
      values: flags.flatMap(flag => flag.values ?? []),
      ...Object.assign({}, ...flags.map(flag => flag.request)),
    });
    return failure ? `Error: ${failure.message}\n`.replaceAll(`${root}/`, '') : text;
  }

  function theirs(path: string, flags: Flag[]): Promise<string> {
    const args = ['template', 'shop', path, ...flags.flatMap(flag => flag.flags)];
    return new Promise(done => {
      execFile(join(tools, 'helm'), args, { ...environment(), cwd: root }, (error, out, err) =>
        done(error ? errorOf(err) : out),
      );
    });
  }
});

// Where each field comes from, and the proof: what stands there is changed, and the field changes.
describe('fields of charts', () => {
  const resident = new ResidentProgram({ program: requireProgram('renderer') });
  const renderer = new RendererProgram(resident);
  afterAll(() => resident.close());
  const files = texts(join(import.meta.dirname, 'charts'));
  const values = [{ file: 'shop/values-production.yaml' }, { file: 'shop/values-more.yaml' }];
  const render = (changed: Record<string, string>): Promise<RendererAnswer> =>
    renderer.render('helm', repositoryOf({ ...files, ...changed }), {
      path: 'shop',
      release: 'shop',
      includeCrds: true,
      values,
      trace: true,
    });

  it('are all known, and exact only where the text stands', async () => {
    const { objects, unused } = await render({});
    const known = { exact: 0, transformed: 0, template: 0, unknown: 0 };
    const wrong: string[] = [];
    for (const { pointer, value, place } of objects.flatMap(fieldsOf)) {
      known[place?.how ?? 'unknown']++;
      if (place?.how === 'exact' && !stands(textAt(files, place), value))
        wrong.push(`${pointer} ${place.file}:${place.line}:${place.column}`);
    }
    expect(wrong).toEqual([]);
    expect(known.unknown).toBe(0);
    expect(known.exact).toBeGreaterThan(known.template + known.transformed);
    expect(unused).toBeUndefined();
  });

  it('are read by some template, or it is said that nothing reads them', async () => {
    const more = {
      'shop/values-more.yaml': `${files['shop/values-more.yaml']}nmae: x\ncache: {sise: 1}\n`,
    };
    // What the cache exports its parent imports: any of its values may be read there.
    const { unused } = await render(more);
    expect(unused).toEqual([
      { kind: 'value', name: 'nmae', file: 'shop/values-more.yaml', line: 9, column: 1 },
    ]);
  });

  it('change with the text they are said to come from', async () => {
    const before = await render({});
    const wrong: string[] = [];
    let proven = 0;
    for (const [index, object] of before.objects.entries())
      for (const { pointer, value, place } of fieldsOf(object)) {
        const text = place && textAt(files, place);
        // What a hook is must be one of Helm's words; blocks are changed by their first line elsewhere.
        if (place?.how !== 'exact' || !text || /^[|>&!]/.test(text) || /hook|kind$/.test(pointer))
          continue;
        const changed = await render({ [place.file]: withLetters(files, place, text) });
        const after = fieldsOf(changed.objects[index] as RendererObject);
        const now = after.find(field => field.pointer === pointer)?.value;
        if (changed.failure || changed.objects.length !== before.objects.length) continue;
        if (now === undefined || `${now}` === `${value}`)
          wrong.push(`${pointer} ${place.file}:${place.line}`);
        else proven++;
      }
    expect(wrong).toEqual([]);
    expect(proven).toBeGreaterThan(50);
  });
});

interface Field {
  pointer: string;
  value: unknown;
  place?: RendererPlace;
}

function fieldsOf({ value, provenance }: RendererObject): Field[] {
  return scalars(value).map(([steps, scalar]) => {
    const names = steps.map(step => `${step}`.replaceAll('~', '~0').replaceAll('/', '~1'));
    const pointer = `/${names.join('/')}`;
    return { pointer, value: scalar, place: provenance?.fields[pointer] };
  });
}

function texts(folder: string): Record<string, string> {
  const entries = Object.entries(filesBelow(folder));
  return Object.fromEntries(entries.map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));
}

function textAt(files: Record<string, string>, { file, line, column }: RendererPlace): string {
  return files[file]?.split('\n')[line - 1]?.slice(column - 1) ?? '';
}

function stands(text: string, value: unknown): boolean {
  const first = `${value}`.split('\n')[0] ?? '';
  return /^["'|>&!]/.test(text) || text.startsWith(first.slice(0, 20)) || value === null;
}

/** The file with letters, or a digit, put into the scalar at a place. */
function withLetters(
  files: Record<string, string>,
  { file, line, column }: RendererPlace,
  text: string,
): string {
  const lines = files[file]?.split('\n') ?? [];
  const at = column - 1 + (/^["']/.test(text) ? 1 : 0);
  const whole = lines[line - 1] ?? '';
  lines[line - 1] =
    `${whole.slice(0, at)}${/^["']?[1-9]/.test(text) ? '7' : 'zz'}${whole.slice(at)}`;
  return lines.join('\n');
}

// Helm's own test charts lie in the module cache of whoever builds the renderer.
const cache = goModules();
const helms = join(cache, 'helm.sh/helm/v4@v4.2.4/pkg');

describe.skipIf(!has || !existsSync(helms))("Helm's own test charts", () => {
  const resident = new ResidentProgram({ program: requireProgram('renderer') });
  const renderer = new RendererProgram(resident);
  afterAll(() => resident.close());

  it('are rendered as helm does, or fail with its words', async () => {
    const repository = { ...repositoryOf(filesBelow(helms)), root: helms };
    const charts = repository.files.filter(name => name.endsWith('/Chart.yaml')).map(dirname);
    const wrong: string[] = [];
    for (const path of charts) {
      // Helm alone knows what a chart of version 3 will be.
      const chart = Buffer.from(await repository.read(`${path}/Chart.yaml`)).toString();
      if (/^apiVersion: v3/m.test(chart)) continue;
      const { text, objects, failure } = await renderer.render('helm', repository, {
        path,
        release: 'shop',
        text: true,
        values: [],
      });
      const ours = failure ? `Error: ${failure.message}\n` : text;
      // What is made anew each time is known to be.
      if (objects?.some(({ volatile }) => volatile !== undefined)) continue;
      if (ours !== (await template(join(helms, path)))) wrong.push(path);
    }
    expect(wrong).toEqual([]);
    expect(charts.length).toBeGreaterThan(100);
  }, 120_000);

  it('say where nearly every field comes from, and where exactly only if it stands there', async () => {
    const files = texts(helms);
    const repository = repositoryOf(files);
    const wrong: string[] = [];
    const count = { known: 0, unknown: 0 };
    for (const chart of repository.files.filter(name => name.endsWith('/Chart.yaml'))) {
      const request = { path: dirname(chart), release: 'shop', values: [], trace: true };
      const { objects } = await renderer.render('helm', repository, request);
      for (const { pointer, value, place } of (objects ?? []).flatMap(fieldsOf)) {
        count[place && place.how !== 'unknown' ? 'known' : 'unknown']++;
        const inArchive = place?.file.includes('.tgz/');
        if (place?.how === 'exact' && !inArchive && !stands(textAt(files, place), value))
          wrong.push(`${chart} ${pointer} ${place.file}:${place.line}:${place.column}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(count.unknown).toBeLessThan(0.01 * count.known);
  }, 120_000);

  function template(path: string): Promise<string> {
    return new Promise(done => {
      execFile(join(tools, 'helm'), ['template', 'shop', path], environment(), (error, out, err) =>
        done(error ? errorOf(err) : out),
      );
    });
  }
});

function goModules(): string {
  try {
    return execFileSync('go', ['env', 'GOMODCACHE']).toString().trim();
  } catch {
    return '';
  }
}

/** What a schema finds has no order. */
function sorted(text: string): string {
  return text.split('\n').sort().join('\n');
}

/** The error without what Helm logs before it. */
function errorOf(output: string): string {
  return output.slice(Math.max(output.indexOf('Error: '), 0)).replace(/^(.*\n)*?(?=Error: )/, '');
}

function environment() {
  return { env: { HOME: tmpdir(), PATH: '' }, maxBuffer: 1 << 26 };
}
