import { editedRepository } from '../../git/edited.ts';
import { UserError } from '../../lib/errors.ts';
import { referencesOf } from '../../links/references.ts';
import { labelsOf, selectorsOf } from '../../links/selectors.ts';
import type { RenderedObject } from '../../model/rendered.ts';
import { childrenOf, type Json, resourceText } from '../../model/resource.ts';
import type { Workspace } from '../../workspace.ts';
import { isAlike, literal, type Renamed, unhashed } from './alike.ts';
import { type Deployed, deployedBy } from './deployed.ts';

/**
 * Renders everything before and after an edit: it must be the same but for what was renamed, nothing may name what is
 * not there any more, and selectors must find as many pods as before. Throws a `UserError` that says what would not.
 */
export async function proveRename(
  workspace: Workspace,
  texts: ReadonlyMap<string, string>,
  renamed: Renamed,
): Promise<void> {
  const edited = editedRepository(workspace.repository, texts);
  const then = await workspace.beside(edited, workspace.branch, [...texts.keys()]);
  const [before, after] = await Promise.all([setsOf(workspace, texts), setsOf(then, texts)]);
  for (const [name, old] of before) {
    const now = after.get(name);
    if (!now) throw unsafe(`${name} would not be there any more`);
    if (now.failed.length > old.failed.length)
      throw unsafe(`${now.failed.at(-1)} could not be rendered any more`);
    compare(name, old.objects, now.objects, renamed);
  }
}

interface RenderedAll {
  objects: RenderedObject[];
  /** Names of applications that cannot be rendered. */
  failed: string[];
}

/** What each environment, and each kustomization that none deploys and that the edit touches, renders. */
async function setsOf(
  workspace: Workspace,
  texts: ReadonlyMap<string, string>,
): Promise<Map<string, RenderedAll>> {
  const deployed = await deployedBy(workspace);
  const sets = new Map<string, RenderedAll>();
  for (const { environment, applications } of deployed.environments)
    sets.set(environment.name, {
      objects: applications.flatMap(({ rendered }) => rendered.objects),
      failed: applications
        .filter(({ rendered }) => rendered.failure)
        .map(({ application }) => application.name),
    });
  const read = new Set(
    deployed.environments.flatMap(({ applications }) =>
      applications.flatMap(({ rendered }) => rendered.reads),
    ),
  );
  for (const folder of foldersBuiltFrom(deployed, texts.keys())) {
    const kustomization = workspace.index.kustomizations.get(folder);
    if (!kustomization || kustomization.kind === 'Component') continue;
    if (read.has(kustomization.file)) continue;
    const { objects, failure } = await workspace.render({
      source: { kind: 'kustomize', path: folder },
    });
    sets.set(folder === '' ? 'The root' : folder, { objects, failed: failure ? [folder] : [] });
  }
  return sets;
}

function foldersBuiltFrom(deployed: Deployed, files: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const file of files)
    for (const root of deployed.rootsOf(file)) {
      const folder = /^kustomization (.*)$/.exec(root)?.[1];
      if (folder !== undefined) folders.add(folder);
    }
  return folders;
}

function compare(
  name: string,
  before: readonly RenderedObject[],
  after: readonly RenderedObject[],
  renamed: Renamed,
): void {
  const left = new Map(
    [...Map.groupBy(after, ({ value }) => JSON.stringify(value))].map(([text, same]) => [
      text,
      [...same],
    ]),
  );
  const changed = before.filter(({ value }) => !left.get(JSON.stringify(value))?.pop());
  const rest = [...left.values()].flat();
  for (const object of changed) {
    const at = rest.findIndex(other => isSameObject(object, other, renamed));
    if (at < 0)
      throw unsafe(`${resourceText(object.resource)} in ${name} would change in other ways, too`);
    rest.splice(at, 1);
  }
  const [added] = rest;
  if (added) throw unsafe(`${resourceText(added.resource)} in ${name} would be there besides`);
  const dangling = danglingIn(before, after);
  if (dangling) throw unsafe(`${dangling} in ${name} would name what is not there any more`);
  const speaking = renamed.host && after.find(({ value }) => speaksTo(value, renamed.from));
  if (speaking)
    throw unsafe(
      `${resourceText(speaking.resource)} in ${name} speaks to ${renamed.from} in a text of its own`,
    );
  if (matchesIn(before) !== matchesIn(after))
    throw unsafe(`selectors in ${name} would not find the same pods any more`);
}

function isSameObject(a: RenderedObject, b: RenderedObject, renamed: Renamed): boolean {
  if (a.resource.kind !== b.resource.kind) return false;
  if (a.volatile || b.volatile) return a.resource.name === b.resource.name;
  return isAlike(a.value, b.value, renamed);
}

/** An object that names another one which was there before and is not now. */
function danglingIn(
  before: readonly RenderedObject[],
  after: readonly RenderedObject[],
): string | undefined {
  const namesOf = (objects: readonly RenderedObject[]) =>
    new Set(
      objects.map(({ resource: { group, kind, name } }) => `${group}/${kind} ${plain(name)}`),
    );
  const [old, now] = [namesOf(before), namesOf(after)];
  const gone = new Set([...old].filter(name => !now.has(name)));
  if (gone.size === 0) return undefined;
  const found = after.find(({ value }) =>
    referencesOf(value).some(({ kinds, name }) =>
      kinds.some(({ group, kind }) => gone.has(`${group}/${kind} ${plain(name)}`)),
    ),
  );
  return found && resourceText(found.resource);
}

/** Without the end that kustomize gives to what it generates. */
function plain(name: string): string {
  return unhashed(name).replace(/-hash$/, '');
}

/** An address in which a Service's name is the host: `http://web`, `web:80`, `web.shop.svc`. */
function speaksTo(value: Json, service: string): boolean {
  const host = literal(service);
  const address = new RegExp(
    `(?:://|@)${host}(?=[.:/]|$)|(?<![\\w./-])${host}(?:\\.[a-z0-9-]+)?(?:\\.svc|:\\d+)(?![\\w-])`,
    'm',
  );
  const isFound = (part: Json): boolean => {
    if (typeof part === 'string') return address.test(part);
    return [...(childrenOf(part) ?? [])].some(([, inner]) => isFound(inner));
  };
  return isFound(value);
}

/** How many pairs of a selector and pods that it finds there are. */
function matchesIn(objects: readonly RenderedObject[]): number {
  const pods = objects.flatMap(({ value }) => labelsOf(value).filter(({ of }) => of === 'pods'));
  const selectors = objects.flatMap(({ value }) =>
    selectorsOf(value).filter(({ to }) => to === 'pods' || to === 'own-pods'),
  );
  const kinds = new Map<string, number>();
  for (const { labels } of pods) {
    const text = JSON.stringify(labels);
    kinds.set(text, (kinds.get(text) ?? 0) + 1);
  }
  let count = 0;
  for (const { labels: wanted } of selectors)
    for (const [text, times] of kinds) {
      const labels = JSON.parse(text) as Record<string, string>;
      if (Object.entries(wanted).every(([key, value]) => labels[key] === value)) count += times;
    }
  return count;
}

function unsafe(why: string): UserError {
  return new UserError(`It cannot be renamed safely: ${why}.`);
}
