import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Charts } from '../../../src/core/model/chart.ts';
import type { RenderSource } from '../../../src/core/model/environment.ts';
import type { Rendered, RenderedObject } from '../../../src/core/model/rendered.ts';
import type { Repository } from '../../../src/core/model/repository.ts';
import { placeText } from '../../../src/core/model/source.ts';
import { createRendering, type Rendering } from '../../../src/core/render/rendering.ts';
import { ResidentProgram } from '../../../src/core/upstream/process.ts';
import { requireProgram } from '../../../src/core/upstream/programs.ts';
import { RendererProgram } from '../../../src/core/upstream/renderer.ts';

/** The real program; `close` it after the tests. */
export function startRenderer(): { program: RendererProgram; resident: ResidentProgram } {
  const resident = new ResidentProgram({ program: requireProgram('renderer') });
  return { program: new RendererProgram(resident), resident };
}

/** A repository of texts, or of bytes. */
export function repositoryOf(
  files: Record<string, string | Uint8Array>,
  revision = 'working tree',
): Repository {
  return {
    root: '/repository',
    revision,
    files: Object.keys(files).sort(),
    left: [],
    read: async file => {
      const content = files[file];
      if (content === undefined) throw new Error(`${file} is not there`);
      return typeof content === 'string' ? Buffer.from(content) : content;
    },
  };
}

/** The files of a folder beside the tests, as a repository. */
export function fixture(name: string): Repository {
  const folder = join(import.meta.dirname, 'fixtures', name);
  return repositoryOf(filesBelow(folder));
}

export function filesBelow(folder: string): Record<string, Uint8Array> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .map(file => [relative(folder, file).replaceAll('\\', '/'), readFileSync(file)]),
  );
}

export function renderingOf(
  files: Record<string, string> | Repository,
  program: RendererProgram,
  charts?: Charts,
): Rendering {
  const repository = 'read' in files && typeof files.read === 'function' ? files : undefined;
  return createRendering(
    (repository as Repository | undefined) ?? repositoryOf(files as Record<string, string>),
    program,
    { charts },
  );
}

export function kustomization(path: string): { source: RenderSource } {
  return { source: { kind: 'kustomize', path } };
}

export function release(path: string, ...values: string[]): { source: RenderSource } {
  return {
    source: {
      kind: 'helm',
      path,
      release: 'shop',
      namespace: 'store',
      values: values.map(file => ({ kind: 'file', path: file })),
      includeCrds: true,
    },
  };
}

/** The object of a kind and name; fails the test where there is none. */
export function objectOf(rendered: Rendered, kind: string, name: string): RenderedObject {
  const found = rendered.objects.find(
    ({ resource }) => resource.kind === kind && resource.name === name,
  );
  if (found) return found;
  const names = rendered.objects.map(({ resource }) => `${resource.kind}/${resource.name}`);
  throw new Error(
    `${kind}/${name} is not in ${names.join(', ')} ${rendered.failure?.message ?? ''}`,
  );
}

/** `file:line:column how` of a field given as a JSON pointer. */
export function placeOf(object: RenderedObject, pointer: string): string {
  const { how, ...place } = object.locate(stepsOf(pointer));
  return `${placeText(place)}:${place.column} ${how}`;
}

export function viaOf(object: RenderedObject, pointer: string): string[] {
  return object.locate(stepsOf(pointer)).via;
}

function stepsOf(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map(step => (/^\d+$/.test(step) ? Number(step) : step.replaceAll('~1', '/')));
}

/** Every scalar of a value with the way to it. */
export function scalars(
  value: unknown,
  pointer: (string | number)[] = [],
): [(string | number)[], unknown][] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => scalars(item, [...pointer, index]));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, item]) => scalars(item, [...pointer, key]));
  return [[pointer, value]];
}
