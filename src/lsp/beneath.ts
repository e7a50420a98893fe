import type { Reach } from '../core/actions/reach/reach.ts';
import { renderedObject } from '../core/actions/rendered-object.ts';
import { fieldOnLine, pointerIn } from '../core/live/rendered-text.ts';
import { entryOf, keyRange } from '../core/manifests/locate.ts';
import type { Node } from '../core/manifests/syntax.ts';
import type { Pointer } from '../core/model/path.ts';
import type { Provenance, RenderedObject } from '../core/model/rendered.ts';
import { isObject, type Json, resourceKey } from '../core/model/resource.ts';
import type { Place } from '../core/model/source.ts';
import type { Workspace } from '../core/workspace.ts';
import type { RepositoryFile } from './session/repositories.ts';

/** Of a line that reaches a hundred objects, a few say where its values come from. */
const mostFields = 40;

/**
 * Where the values that a line (1-based) takes further are written; of a line that decides a value itself, what it
 * overrides: the field of the base, or the chart's own value. Each place once.
 */
export async function placesBeneath(
  { live, file }: RepositoryFile,
  line: number,
): Promise<Place[]> {
  const workspace = live.workspace();
  const reached = live.reach(file).on(line);
  const fields = reached.filter(({ path }) => path !== '').slice(0, mostFields);
  const places = new Map<string, Place>();
  const byObject = Map.groupBy(fields, each => `${each.environment} ${resourceKey(each.object)}`);
  for (const same of byObject.values()) {
    const [{ environment, object, application }] = same as [Reach, ...Reach[]];
    const rendered = await renderedObject(workspace, environment, object, application);
    if (!rendered) continue;
    for (const { path } of same) {
      const place = placeBeneath(workspace, rendered, pointerIn(rendered, path), { file, line });
      if (place && (place.file !== file || place.line !== line))
        places.set(`${place.file}:${place.line}`, place);
    }
  }
  return [...places.values()];
}

function placeBeneath(
  workspace: Workspace,
  object: RenderedObject,
  pointer: Pointer,
  at: { file: string; line: number },
): Place | undefined {
  const decided = object.locate(pointer);
  if (decided.file !== at.file || decided.line !== at.line) return decided;
  return inBase(workspace, object, pointer) ?? inChart(workspace, decided);
}

/** The same field in the manifest with which the object begins. */
function inBase({ index }: Workspace, object: RenderedObject, pointer: Pointer): Place | undefined {
  const { file, line } = object.source;
  const indexed = index.file(file);
  const root = indexed?.objects.find(each => each.line === line)?.document.root;
  if (!indexed || !root) return undefined;
  const own = pointerInNode(root, object.value, pointer);
  const range = own && keyRange(indexed.parsed, root, own);
  return range && { file, line: range.line, column: range.column };
}

/** The pointer of a field in another state of its object, where list members are known by their names. */
function pointerInNode(root: Node, value: Json, pointer: Pointer): Pointer | undefined {
  const found: Pointer = [];
  let node: Node | undefined = root;
  let at: Json | undefined = value;
  for (const step of pointer) {
    at = Array.isArray(at) ? at[Number(step)] : isObject(at) ? at[step] : undefined;
    const own: string | number = node?.kind === 'list' ? memberLike(node.items, at, step) : step;
    node = node?.kind === 'list' ? node.items[Number(own)] : entryOf(node, String(step))?.node;
    if (node === undefined) return undefined;
    found.push(own);
  }
  return found;
}

function memberLike(items: readonly Node[], member: Json | undefined, step: string | number) {
  const name = isObject(member) ? member.name : undefined;
  if (typeof name !== 'string') return step;
  return items.findIndex(item => {
    const node = entryOf(item, 'name')?.node;
    return node?.kind === 'scalar' && node.value === name;
  });
}

/** The chart's own default for a value that another file sets. */
function inChart({ index }: Workspace, { file, line, via }: Provenance): Place | undefined {
  const chart = via.map(step => /^(?:(.*)\/)?templates\//.exec(step)).find(found => found !== null);
  const own = index.file(file);
  if (!chart || !own) return undefined;
  const defaults = [chart[1], 'values.yaml'].filter(part => part !== undefined).join('/');
  const values = defaults === file ? undefined : index.file(defaults);
  const root = values?.parsed.documents[0]?.root;
  const pointer = fieldOnLine(own.text, line);
  if (!values || pointer.length === 0) return undefined;
  const range = keyRange(values.parsed, root, pointer);
  return range && { file: defaults, line: range.line, column: range.column };
}
