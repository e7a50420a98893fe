import { type KindName, kindText } from '../../links/field.ts';
import { isClusterKind } from '../../links/scope.ts';
import type { RepositoryIndex } from '../../manifests/repository-index.ts';
import type { Workspace } from '../../workspace.ts';
import { type Deployed, deployedBy, meet } from './deployed.ts';
import { anyGroup, type NameUse, nameUsesIn } from './name-uses.ts';

/** All that is written of one object: where it is defined, patched and named. */
export interface ObjectLinks {
  name: string;
  kinds: readonly KindName[];
  uses: readonly NameUse[];
  deployed: Deployed;
}

/** The name of an object that stands at an offset of a file. */
export function nameUseAt(
  index: RepositoryIndex,
  path: string,
  offset: number,
): NameUse | undefined {
  const file = index.file(path);
  if (!file) return undefined;
  return nameUsesIn(file).find(({ spot, start, name }) =>
    spot
      ? spot.start <= offset && offset <= spot.end
      : start <= offset && offset <= start + name.length,
  );
}

/**
 * Everything that names the same object as one place does: of the same kind and name, applied together with it, and
 * in the same namespace as far as that is known. What is found leads to more: a base to the references of each overlay.
 */
export async function linksOf(workspace: Workspace, first: NameUse): Promise<ObjectLinks> {
  const deployed = await deployedBy(workspace);
  // A pod may name the same ConfigMap a hundred times: what says the same at one place is looked at once.
  const alike = Map.groupBy(usesOfName(workspace.index, first.name), textOfUse);
  const found = new Set([textOfUse(first)]);
  const queue = [first];
  for (let at = queue.pop(); at; at = queue.pop())
    for (const [text, [other]] of alike) {
      if (!other || found.has(text) || !isLinked(deployed, at, other)) continue;
      found.add(text);
      queue.push(other);
    }
  const uses = [...found].flatMap(text => alike.get(text) ?? [first]);
  const written = uses.find(({ role }) => role !== 'reference') ?? first;
  return { name: first.name, kinds: written.kinds, uses: sorted(uses), deployed };
}

/** All that counts for whether two places mean the same object. */
function textOfUse({ file, line, role, namespace, kinds }: NameUse): string {
  return `${file}:${line} ${role === 'reference'} ${namespace} ${kinds.map(kindText)}`;
}

const byName = new WeakMap<readonly unknown[], Map<string, NameUse[]>>();

/** Every place of the repository that names some object so. */
function usesOfName(index: RepositoryIndex, name: string): readonly NameUse[] {
  const files = index.files();
  const known = byName.get(files) ?? Map.groupBy(files.flatMap(nameUsesIn), use => use.name);
  byName.set(files, known);
  return known.get(name) ?? [];
}

function isLinked(deployed: Deployed, a: NameUse, b: NameUse): boolean {
  if (!isSameKind(a.kinds, b.kinds)) return false;
  const isScoped = ![...a.kinds, ...b.kinds].some(kind => isClusterKind(kindText(kind)));
  if (isScoped && a.namespace && b.namespace && a.namespace !== b.namespace) return false;
  if (a.file === b.file && a.line === b.line) return true;
  if (!meet(deployed.rootsOf(a.file), deployed.rootsOf(b.file))) return false;
  return !isScoped || mayShareNamespace(deployed, a, b);
}

function isSameKind(a: readonly KindName[], b: readonly KindName[]): boolean {
  if (a.length === 0 || b.length === 0) return true;
  return a.some(one =>
    b.some(
      other =>
        one.kind === other.kind &&
        (one.group === other.group || one.group === anyGroup || other.group === anyGroup),
    ),
  );
}

/** False where both are deployed, and nowhere into the same namespace. */
function mayShareNamespace(deployed: Deployed, a: NameUse, b: NameUse): boolean {
  const [here, there] = [namespacesOf(deployed, a), namespacesOf(deployed, b)];
  if (!here || !there) return true;
  return [...here].some(each => there.has(each));
}

/** `environment/namespace` of what a place means; undefined where that is not known. */
function namespacesOf(deployed: Deployed, use: NameUse): Set<string> | undefined {
  const objects = deployed.objectsAt(use.file, use.line);
  if (objects.length === 0 || use.namespace === undefined) return undefined;
  // A reference that says its namespace is left as it is written.
  const isOwn = use.role !== 'reference' || use.namespace === '' || isOfOwn(use, objects);
  return new Set(
    objects.map(
      ({ environment, resource }) => `${environment}/${isOwn ? resource.namespace : use.namespace}`,
    ),
  );
}

function isOfOwn({ namespace }: NameUse, objects: ReturnType<Deployed['objectsAt']>): boolean {
  return objects.some(({ resource }) => resource.namespace === namespace);
}

function sorted(uses: readonly NameUse[]): NameUse[] {
  return [...uses].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.start - b.start));
}
