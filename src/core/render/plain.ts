import { argoGlob } from '../lib/argo-glob.ts';
import { jsonOf, nodeAt, positionAt } from '../manifests/locate.ts';
import { parseManifests } from '../manifests/parse.ts';
import type { ManifestDocument, ParsedFile } from '../manifests/syntax.ts';
import type { PlainSource } from '../model/environment.ts';
import type { Pointer } from '../model/path.ts';
import type { Provenance, RenderedObject } from '../model/rendered.ts';
import { isObject, resourceOf } from '../model/resource.ts';
import { emptyRender, type RenderedSource, type Renderer } from './renderer.ts';

/** A folder of manifests, as `kubectl apply -f` takes it. */
export const plain: Renderer = {
  id: 'plain',
  tracesAlways: true,
  canRender: source => source.kind === 'plain' && !source.argocd,
  async render(source, { repository, parsed }) {
    const rendered = emptyRender();
    if (source.kind !== 'plain') return rendered;
    const files = filesOf(source, repository.files, /\.(ya?ml|json)$/i);
    for (const file of files) {
      rendered.reads.push(file);
      const text = Buffer.from(await repository.read(file)).toString();
      addFile(rendered, file, parsed?.(file, text) ?? parseManifests(text));
    }
    rendered.listed.push(...foldersOf(source, repository.files));
    return rendered;
  },
};

/** The files that count, those below the folder whose names have an extension. */
export function filesOf(
  source: PlainSource,
  files: readonly string[],
  extension: RegExp,
): string[] {
  const prefix = source.path === '' ? '' : `${source.path}/`;
  const included = source.include === undefined ? () => true : argoGlob(source.include);
  const excluded = source.exclude === undefined ? () => false : argoGlob(source.exclude);
  return files.filter(file => {
    const below = file.slice(prefix.length);
    return (
      file.startsWith(prefix) &&
      extension.test(file) &&
      (source.recurse || !below.includes('/')) &&
      included(below) &&
      !excluded(below)
    );
  });
}

/** The folders that are looked into. */
export function foldersOf(source: PlainSource, files: readonly string[]): string[] {
  if (!source.recurse) return [source.path];
  const folders = files
    .filter(file => source.path === '' || file.startsWith(`${source.path}/`))
    .map(file => file.slice(0, Math.max(file.lastIndexOf('/'), 0)));
  return [...new Set([source.path, ...folders])];
}

function addFile(rendered: RenderedSource, file: string, parsed: ParsedFile): void {
  for (const problem of parsed.problems) {
    if (problem.rule !== 'yaml-syntax') continue;
    const place = { file, line: problem.line, column: problem.column };
    rendered.notChecked.push({ reason: problem.message, place });
  }
  for (const document of parsed.documents) {
    const object = objectOf(file, parsed, document);
    if (object) rendered.objects.push(object);
  }
}

/** Undefined for what is no Kubernetes object: folders hold other YAML too. */
export function objectOf(
  file: string,
  parsed: ParsedFile,
  { root }: ManifestDocument,
): RenderedObject | undefined {
  const value = root && jsonOf(root);
  const resource = isObject(value) ? resourceOf(value) : undefined;
  if (!root || !isObject(value) || !resource) return undefined;
  const place = (start: number) => ({ file, ...positionAt(parsed, start) });
  const locate = (pointer: Pointer): Provenance => {
    const node = nodeAt(root, pointer);
    if (node) return { ...place(node.start), how: 'exact', via: [] };
    if (pointer.length === 0) return { ...place(root.start), how: 'unknown', via: [] };
    return { ...locate(pointer.slice(0, -1)), how: 'unknown' };
  };
  return { resource, value, source: place(root.start), locate };
}
