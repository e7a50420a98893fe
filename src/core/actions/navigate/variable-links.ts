import type { IndexedFile } from '../../manifests/index-types.ts';
import { entryOf, nodeAt, offsetAt } from '../../manifests/locate.ts';
import type { MapEntry, Node } from '../../manifests/syntax.ts';
import { type Application, partsOf } from '../../model/environment.ts';
import type { Place } from '../../model/source.ts';
import type { Workspace } from '../../workspace.ts';
import { deployedBy } from './deployed.ts';
import { holds, keySpot, type Spot } from './spot.ts';

/** A variable of Flux's post-build substitution, in all applications that share its definitions or its uses. */
export interface VariableLinks {
  name: string;
  definitions: readonly Spot[];
  uses: readonly Spot[];
  /** Definitions that no file here holds, each as the end of "VAR comes from …". */
  elsewhere: readonly string[];
}

/** `${NAME}` with or without a default; `$${NAME}` is no variable. */
const variable = /(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)/g;

/** Every use of a variable in a text. */
export function variablesIn(file: string, text: string): { name: string; spot: Spot }[] {
  return [...text.matchAll(variable)].map(({ index, 1: name = '' }) => {
    const start = index + 2;
    return { name, spot: { file, start, end: start + name.length } };
  });
}

/** What one application substitutes. */
interface Substituting {
  files: readonly string[];
  definitions: ReadonlyMap<string, { spots: Spot[]; elsewhere?: string }>;
}

/** The variable whose use or definition stands at an offset; undefined where none does. */
export async function variableLinks(
  workspace: Workspace,
  path: string,
  offset: number,
): Promise<VariableLinks | undefined> {
  const file = workspace.index.file(path);
  if (!file) return undefined;
  const used = variablesIn(path, file.text).find(({ spot }) => holds(spot, offset))?.name;
  const applications = await substitutingBy(workspace);
  const isAt = (spot: Spot) => spot.file === path && holds(spot, offset);
  const defined = applications.flatMap(({ definitions }) =>
    [...definitions].flatMap(([name, { spots }]) => (spots.some(isAt) ? [name] : [])),
  )[0];
  const name = used ?? defined;
  if (name === undefined) return undefined;
  const linked = linkedTo(applications, path, name, isAt);
  if (linked.length === 0) return undefined;
  const definitions = linked.flatMap(each => each.definitions.get(name) ?? []);
  const files = [...new Set(linked.flatMap(each => each.files))];
  return {
    name,
    definitions: unique(definitions.flatMap(({ spots }) => spots)),
    uses: files.flatMap(each => usesIn(workspace, each, name)),
    elsewhere: [...new Set(definitions.flatMap(({ elsewhere }) => elsewhere ?? []))],
  };
}

function usesIn({ index }: Workspace, path: string, name: string): Spot[] {
  const text = index.file(path)?.text ?? '';
  return variablesIn(path, text).flatMap(each => (each.name === name ? [each.spot] : []));
}

/** The applications that know the variable of a place, and those that share a definition or a used file with them. */
function linkedTo(
  applications: readonly Substituting[],
  path: string,
  name: string,
  isAt: (spot: Spot) => boolean,
): Substituting[] {
  const known = applications.filter(each => each.definitions.has(name));
  const spotsOf = (each: Substituting) => each.definitions.get(name)?.spots ?? [];
  const begun = known.filter(each => each.files.includes(path) || spotsOf(each).some(isAt));
  const found = new Set(begun);
  const shares = (a: Substituting, b: Substituting) =>
    spotsOf(a).some(one => spotsOf(b).some(other => isSame(one, other))) ||
    a.files.some(file => b.files.includes(file));
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const each of known) if ([...found].some(other => shares(other, each))) found.add(each);
  }
  return [...found];
}

function isSame(a: Spot, b: Spot): boolean {
  return a.file === b.file && a.start === b.start;
}

function unique(spots: readonly Spot[]): Spot[] {
  return [...new Map(spots.map(spot => [`${spot.file}:${spot.start}`, spot])).values()];
}

const known = new WeakMap<Workspace, Promise<Substituting[]>>();

function substitutingBy(workspace: Workspace): Promise<Substituting[]> {
  const before = known.get(workspace);
  if (before) return before;
  const reading = readSubstituting(workspace);
  known.set(workspace, reading);
  reading.catch(() => known.delete(workspace));
  return reading;
}

async function readSubstituting(workspace: Workspace): Promise<Substituting[]> {
  const { environments } = await deployedBy(workspace);
  return environments.flatMap(({ applications }) =>
    applications.flatMap(({ application, rendered }) => {
      const definitions = definitionsOf(workspace, application);
      if (definitions.size === 0) return [];
      const files = rendered.reads.filter(file => {
        const text = workspace.index.file(file)?.text ?? '';
        return text.includes('${');
      });
      return [{ files, definitions }];
    }),
  );
}

function definitionsOf(workspace: Workspace, application: Application) {
  const found = new Map<string, { spots: Spot[]; elsewhere?: string }>();
  const add = (name: string, spot: Spot | undefined, elsewhere: string) => {
    const entry = found.get(name) ?? { spots: [] };
    if (spot) entry.spots.push(spot);
    else entry.elsewhere ??= elsewhere;
    found.set(name, entry);
  };
  for (const part of partsOf(application.source)) {
    const flux = part.kind === 'kustomize' ? part.flux : undefined;
    const { postBuild, places } = flux ?? {};
    for (const name of Object.keys(postBuild?.substitute ?? {})) {
      const place = places?.[`/spec/postBuild/substitute/${name}`];
      const spot = place
        ? keyAtPlace(workspace, place, name)
        : substituteKey(workspace, application, name);
      add(name, spot, `the Kustomization ${flux?.name}`);
    }
    for (const { kind, name: object, data, places: stand = {}, hidden = [] } of postBuild?.known ??
      []) {
      for (const name of Object.keys(data)) {
        const place = stand[name];
        add(name, place && keyAtPlace(workspace, place, name), `${kind} ${object}`);
      }
      for (const name of hidden) add(name, undefined, `${kind} ${object}, which is encrypted`);
    }
  }
  return found;
}

/** The key below `postBuild.substitute` of the Kustomization that an application comes from. */
function substituteKey(
  { index }: Workspace,
  { origin }: Application,
  name: string,
): Spot | undefined {
  const file = index.file(origin.file);
  if (!file) return undefined;
  const offset = offsetAt(file.parsed, origin.line, origin.column);
  const document = file.parsed.documents.find(
    ({ start, end, root }) => root && start <= offset && offset <= end,
  );
  const entry = entryOf(nodeAt(document?.root, ['spec', 'postBuild', 'substitute']), name);
  return entry && keySpot(file, entry);
}

/** The name that stands before a value: a key, or `NAME=` in a generator's literal or file. */
function keyAtPlace({ index }: Workspace, place: Place, name: string): Spot | undefined {
  const file = index.file(place.file);
  if (!file) return undefined;
  const offset = offsetAt(file.parsed, place.line, place.column);
  for (const { root } of file.parsed.documents) {
    const entry = root && entryNear(root, name, offset);
    const spot = entry && keySpot(file, entry);
    if (spot) return spot;
  }
  return literalAt(file, offset, name);
}

/** The entry of that name whose key or value begins at an offset. */
function entryNear(node: Node, name: string, offset: number): MapEntry | undefined {
  if (node.kind === 'list') {
    for (const item of node.items) {
      const found = entryNear(item, name, offset);
      if (found) return found;
    }
    return undefined;
  }
  if (node.kind === 'scalar') return undefined;
  for (const entry of node.entries) {
    const isHere = entry.keyStart <= offset && offset <= Math.max(entry.node.end, entry.keyEnd);
    if (!isHere || entry.merged) continue;
    if (entry.key === name && entry.node.kind === 'scalar') return entry;
    const found = entryNear(entry.node, name, offset);
    if (found) return found;
  }
  return undefined;
}

function literalAt({ path, text }: IndexedFile, offset: number, name: string): Spot | undefined {
  const line = text.lastIndexOf('\n', Math.max(offset - 1, 0)) + 1;
  const end = text.indexOf('\n', line);
  const at = text.slice(line, end < 0 ? text.length : end).indexOf(`${name}=`);
  return at < 0 ? undefined : { file: path, start: line + at, end: line + at + name.length };
}
