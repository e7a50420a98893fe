import type { RenderedApplication } from '../../drift/declared.ts';
import { isWithin } from '../../environments/folders.ts';
import type { IndexedFile } from '../../manifests/index-types.ts';
import { spanBelow } from '../../manifests/line-span.ts';
import { entryOf, nodeAt, positionAt } from '../../manifests/locate.ts';
import type { RepositoryIndex } from '../../manifests/repository-index.ts';
import { type HelmSource, partsOf } from '../../model/environment.ts';
import { valueAt } from '../../model/fields.ts';
import { type LineTouches, type Touch, touchesIn } from '../../render/reach.ts';

/**
 * What the lines of a values file decide by being asked for: `{{ if .Values.a.b }}`, `with` and `range` of the chart's
 * templates bring what their body prints. Only where this file's value is the one that counts.
 */
export function conditionTouches(
  { application, rendered }: RenderedApplication,
  source: IndexedFile,
  index: RepositoryIndex,
): LineTouches {
  const lines = new Map<number, Touch[]>();
  for (const part of partsOf(application.source)) {
    if (part.kind !== 'helm' || !valuesFiles(part).includes(source.path)) continue;
    for (const template of templatesOf(part, index)) {
      const printed = touchesIn(rendered, template.path);
      if (!printed) continue;
      for (const { path, from, to } of conditionsOf(template)) {
        if (decidingFile(part, path, index) !== source.path) continue;
        const line = keyLine(source, path);
        const touches = [...printed].flatMap(([at, found]) =>
          at >= from && at <= to ? found : [],
        );
        if (line === undefined || touches.length === 0) continue;
        const brought = touches.map(touch => ({ ...touch, how: 'takes part' as const }));
        lines.set(line, [...(lines.get(line) ?? []), ...brought]);
      }
    }
  }
  return lines;
}

function valuesFiles({ path, values }: HelmSource): string[] {
  const given = values.flatMap(each => (each.kind === 'file' ? [each.path] : []));
  return [path === '' ? 'values.yaml' : `${path}/values.yaml`, ...given];
}

/** The last values that have the key; undefined where it is not a file that has it. */
function decidingFile(
  part: HelmSource,
  path: string[],
  index: RepositoryIndex,
): string | undefined {
  const [own = ''] = valuesFiles(part);
  const given = part.values.map(each => {
    if (each.kind === 'file') return has(index, each.path, path) ? each.path : undefined;
    // What `--set` says is not looked into: it may say this.
    return each.kind !== 'inline' || valueAt(each.values, ...path) !== undefined ? '' : undefined;
  });
  const last = given.findLast(file => file !== undefined);
  if (last !== undefined) return last === '' ? undefined : last;
  return has(index, own, path) ? own : undefined;
}

function has(index: RepositoryIndex, file: string, path: string[]): boolean {
  return nodeAt(index.file(file)?.parsed.documents[0]?.root, path) !== undefined;
}

function keyLine({ parsed }: IndexedFile, path: string[]): number | undefined {
  const parent = nodeAt(parsed.documents[0]?.root, path.slice(0, -1));
  const entry = entryOf(parent, path.at(-1) ?? '');
  return entry && positionAt(parsed, entry.keyStart).line;
}

function templatesOf({ path }: HelmSource, index: RepositoryIndex): IndexedFile[] {
  const folder = path === '' ? 'templates' : `${path}/templates`;
  return index
    .files()
    .filter(file => file.role === 'chart-template' && isWithin(folder, file.path));
}

interface Condition {
  path: string[];
  /** Lines of the template that depend on it. */
  from: number;
  to: number;
}

const known = new WeakMap<IndexedFile, Condition[]>();

function conditionsOf(template: IndexedFile): Condition[] {
  const conditions = known.get(template) ?? readConditions(template.text);
  known.set(template, conditions);
  return conditions;
}

function readConditions(text: string): Condition[] {
  if (!text.includes('.Values.')) return [];
  const lines = text.split(/\r\n|\r|\n/);
  return lines.flatMap((line, index) => {
    const asked = [...line.matchAll(/\{\{-?\s*(?:else\s+)?(?:if|with|range)\b([^}]*)\}\}/g)];
    const span = asked.length > 0 ? spanBelow(lines, index + 1) : undefined;
    if (!span) return [];
    const paths = asked.flatMap(([, words = '']) => [...words.matchAll(/\.Values((?:\.\w+)+)/g)]);
    return paths.map(([, path = '']) => ({ path: path.slice(1).split('.'), ...span }));
  });
}
