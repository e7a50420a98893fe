import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectOf, placeOf, scalars, startRenderer, viaOf } from '../render/harness.ts';
import { discoverFleet, fleetFiles } from './argocd-fixture.ts';

const { program, resident } = startRenderer();
const files = fleetFiles();
let fleet: Awaited<ReturnType<typeof discoverFleet>>;
beforeAll(async () => {
  fleet = await discoverFleet(program);
});
afterAll(() => resident.close());

/** `file:line:column` of the only text of its kind in a file. */
function at(file: string, text: string): string {
  const lines = (files[file] ?? '').split('\n');
  const found = lines.flatMap((line, index) => (line.includes(text) ? index : []));
  expect([file, text, found.length]).toEqual([file, text, 1]);
  const [index = 0] = found;
  return `${file}:${index + 1}:${(lines[index] ?? '').indexOf(text) + 1}`;
}

async function traced(application: string, kind: string, name: string) {
  const all = fleet.found.environments.flatMap(({ applications }) => applications);
  const found = all.find(each => each.name === application);
  if (!found) throw new Error(`no Application ${application}`);
  return objectOf(await fleet.rendering.trace(found), kind, name);
}

const image = '/spec/template/spec/containers/0/image';

describe('a field leads to the line of Argo CD’s objects that decides it', () => {
  it('for kustomize options, with the base behind it', async () => {
    const web = await traced('kustomize-images', 'Deployment', 'prod-web');
    const place = at('apps.yaml', 'registry.example/web=mirror.example/web:2.0');
    expect(placeOf(web, image)).toBe(`${place} transformed`);
    expect(viaOf(web, image)).toEqual([
      `${place.replace(/:\d+$/, '')} images`,
      'kustomize/base/web.yaml:17',
    ]);
    expect(placeOf(web, '/spec/template/spec/priorityClassName')).toBe(
      `${at('kustomize/prod/kustomization.yaml', 'high')} exact`,
    );
  });

  it('for patches written in the Application', async () => {
    const web = await traced('kustomize-more', 'Deployment', 'prod-web');
    const limit = '/spec/template/spec/containers/0/resources/limits/cpu';
    expect(placeOf(web, limit)).toBe(`${at('apps.yaml', '500m')} exact`);
    expect(placeOf(web, '/spec/template/spec/priorityClassName')).toBe(
      `${at('apps.yaml', 'low')} exact`,
    );
  });

  it('for overrides in the folder, each in its own file', async () => {
    const web = await traced('overridden', 'Deployment', 'kept-web-all');
    expect(placeOf(web, image)).toBe(
      `${at('overridden/.argocd-source-overridden.yaml', 'registry.example/web:from-one')} transformed`,
    );
    expect([placeOf(web, '/metadata/name'), ...viaOf(web, '/metadata/name')].join(' ')).toContain(
      at('overridden/.argocd-source.yaml', 'nameSuffix: -all').replace(/:\d+$/, ''),
    );
  });

  it('for Helm parameters and values', async () => {
    const web = await traced('helm-values', 'Deployment', 'shop-web');
    const [first = ''] = (files['apps.yaml'] ?? '').split('value: "1.10"');
    const line = first.split('\n').length;
    expect(placeOf(web, image)).toBe(`apps.yaml:${line}:18 transformed`);
    expect(placeOf(web, '/spec/replicas')).toBe(`${at('shared/web.yaml', '4')} exact`);
  });

  it('for a child Application, in the parent’s patch', async () => {
    const web = await traced('child', 'Deployment', 'web');
    expect(placeOf(web, image)).toBe(
      `${at('children/kustomization.yaml', 'registry.example/web:patched')} transformed`,
    );
  });

  it('for an Application that a set makes, in its template', async () => {
    const values = await traced('object-deep', 'ConfigMap', 'values');
    const text = (files['sets.yaml'] ?? '').split('\n');
    const line = text.findIndex(each => each.includes("value: '{{ .name }}'")) + 1;
    expect(viaOf(values, '/data/values')).toContain(`sets.yaml:${line} .text`);
  });
});

it('every place that is called exact holds its value, and every field of the fleet has a place', async () => {
  const wrong: string[] = [];
  let exact = 0;
  for (const application of fleet.found.environments.flatMap(each => each.applications)) {
    const { objects } = await fleet.rendering.trace(application);
    for (const object of objects)
      for (const [pointer, value] of scalars(object.value)) {
        const { file, line, column, how } = object.locate(pointer);
        const text = (files[file] ?? '').split('\n')[line - 1]?.slice(column - 1) ?? '';
        const written = text.replace(/^["']/, '');
        const holds = written.startsWith(String(value)) || (value === 80 && written === '0x50');
        if (how === 'exact') exact += 1;
        if (how === 'unknown' || (how === 'exact' && !holds))
          wrong.push(`${application.name} ${pointer.join('.')} ${file}:${line} ${how}: ${text}`);
      }
  }
  expect(wrong).toEqual([]);
  expect(exact).toBeGreaterThan(800);
});
