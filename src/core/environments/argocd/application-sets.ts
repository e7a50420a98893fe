import { baseName, folderOf } from '../../manifests/paths.ts';
import type { Unresolved } from '../../model/environment.ts';
import { objectAt, objectsAt, textAt, valueAt } from '../../model/fields.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { DeployedObject, DiscoveryContext } from '../context.ts';
import { matchesGlob } from '../globs.ts';
import { parseValues } from '../inline-values.ts';
import type { ManifestIndex } from '../manifest-index.ts';
import { argoGroup } from './application.ts';

/**
 * The Applications that an ApplicationSet makes, as far as the repository alone decides it: list
 * generators, and git generators over this repository's folders and files.
 */
export function expandSet(
  context: DiscoveryContext,
  set: DeployedObject,
): { applications: DeployedObject[]; unresolved: Unresolved[] } {
  const template = objectAt(set.value, 'spec', 'template');
  const unresolved: Unresolved[] = [];
  const applications: DeployedObject[] = [];
  const give = (reason: string) =>
    unresolved.push({
      reason: `ApplicationSet ${set.resource.name}: ${reason}`,
      place: set.source,
    });
  if (set.changedBy !== undefined)
    give(`${set.changedBy} changes it, which takes the renderer to follow`);
  else if (!template || textAt(set.value, 'spec', 'templatePatch') !== undefined)
    give('its template is not understood');
  else
    for (const generator of objectsAt(set.value, 'spec', 'generators')) {
      const parameters = parametersOf(context, set, generator);
      if (typeof parameters === 'string') give(parameters);
      else
        for (const given of parameters) {
          const application = instantiate(set, template, given);
          if (typeof application === 'string') give(application);
          else applications.push(application);
        }
    }
  return { applications, unresolved };
}

/** One set of parameters for each Application, or why they are not known. */
function parametersOf(
  context: DiscoveryContext,
  set: DeployedObject,
  generator: JsonObject,
): JsonObject[] | string {
  const kind = Object.keys(generator).find(name => name !== 'selector') ?? '';
  if (generator.selector !== undefined) return 'a generator with a selector is not expanded';
  if (objectAt(generator, kind, 'template'))
    return 'a generator with a template of its own is not expanded';
  if (kind === 'list') {
    if (valueAt(generator, 'list', 'elementsYaml') !== undefined)
      return 'elementsYaml is not expanded';
    return objectsAt(generator, 'list', 'elements');
  }
  if (kind === 'git') return gitParameters(context, set, objectAt(generator, 'git') ?? {});
  if (kind === 'matrix')
    return matrixParameters(context, set, objectsAt(generator, 'matrix', 'generators'));
  return `its ${kind} generator depends on more than this repository`;
}

/** More than any fleet has; a small file could ask for millions. */
const maxApplications = 10_000;

function matrixParameters(
  context: DiscoveryContext,
  set: DeployedObject,
  generators: readonly JsonObject[],
): JsonObject[] | string {
  let combined: JsonObject[] = [{}];
  for (const generator of generators) {
    const own = parametersOf(context, set, generator);
    if (typeof own === 'string') return own;
    if (combined.length * own.length > maxApplications)
      return `its matrix makes more than ${maxApplications} Applications`;
    combined = combined.flatMap(left => own.map(right => ({ ...left, ...right })));
  }
  return combined;
}

function gitParameters(
  context: DiscoveryContext,
  set: DeployedObject,
  git: JsonObject,
): JsonObject[] | string {
  const url = textAt(git, 'repoURL') ?? '';
  if (!context.isThisRepository(url)) return `its git generator reads another repository (${url})`;
  if (!context.isThisRevision(textAt(git, 'revision')))
    return `its git generator reads revision ${textAt(git, 'revision')} of this repository`;
  const go = valueAt(set.value, 'spec', 'goTemplate') === true;
  const prefix = textAt(git, 'pathParamPrefix') ?? '';
  const named = (value: JsonObject): JsonObject => (prefix === '' ? value : { [prefix]: value });
  const directories = objectsAt(git, 'directories');
  if (directories.length > 0)
    return selected(foldersOf(context.index), directories).map(folder =>
      named(pathParameters(folder, go)),
    );
  const files = selected(
    context.index.files().map(({ path }) => path),
    objectsAt(git, 'files'),
  );
  return files.map(file => {
    const folder = pathParameters(folderOf(file), go);
    return { ...parseValues(context.index.file(file)?.text ?? ''), ...named(folder) };
  });
}

function selected(paths: readonly string[], entries: readonly JsonObject[]): string[] {
  const matches = (path: string, excluded: boolean) =>
    entries.some(
      entry =>
        (entry.exclude === true) === excluded && matchesGlob(textAt(entry, 'path') ?? '', path),
    );
  return paths.filter(path => matches(path, false) && !matches(path, true));
}

function foldersOf(index: ManifestIndex): string[] {
  const folders = new Set<string>();
  for (const { path } of index.files())
    for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) folders.add(folder);
  return [...folders].sort();
}

/** `path` is a text in the old templates and a map in Go templates. */
function pathParameters(folder: string, go: boolean): JsonObject {
  const segments = folder.split('/');
  const details = {
    path: folder,
    basename: baseName(folder),
    basenameNormalized: baseName(folder)
      .toLowerCase()
      .replace(/[^a-z0-9.-]/g, '-'),
    segments,
  };
  return go ? { path: details } : { path: { ...details, '': folder } };
}

/** The template with its placeholders filled in, or why that cannot be done. */
function instantiate(
  set: DeployedObject,
  template: JsonObject,
  parameters: JsonObject,
): DeployedObject | string {
  const problems: string[] = [];
  const filled = fill(template, text =>
    text.replace(/\{\{([^{}]*)\}\}/g, (placeholder, inner: string) => {
      const value = lookUp(parameters, inner.replace(/^-|-$/g, '').trim());
      if (value === undefined)
        problems.push(`its template has ${placeholder}, which is not understood`);
      return value ?? '';
    }),
  );
  const [problem] = problems;
  if (problem !== undefined) return problem;
  const value = { apiVersion: `${argoGroup}/v1alpha1`, kind: 'Application', ...objectAt(filled) };
  return {
    resource: {
      group: argoGroup,
      version: 'v1alpha1',
      kind: 'Application',
      namespace: set.resource.namespace,
      name: textAt(value, 'metadata', 'name') ?? '',
    },
    value,
    source: set.source,
    locate: pointer => set.locate(['spec', 'template', ...pointer]),
  };
}

function fill(value: Json, replace: (text: string) => string): Json {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map(item => fill(item, replace));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [replace(key), fill(inner, replace)]),
  );
}

/** `.cluster`, `.path.basename`, `path[1]` and `index .path.segments 1`; no other expressions. */
function lookUp(parameters: JsonObject, expression: string): string | undefined {
  const indexed = /^index\s+(\.[\w.-]+)\s+(\d+)$/.exec(expression);
  const path = indexed ? `${indexed[1]}.${indexed[2]}` : expression;
  if (!/^\.?[\w-]+([.[][\w-]+\]?)*$/.test(path)) return undefined;
  const steps = path
    .replace(/^\./, '')
    .split(/[.[\]]+/)
    .filter(step => step !== '');
  const found = steps.reduce<Json | undefined>((value, step) => {
    if (Array.isArray(value)) return value[Number(step)];
    if (!isObject(value)) return undefined;
    if (Object.hasOwn(value, step)) return value[step];
    return Array.isArray(value.segments) ? value.segments[Number(step)] : undefined;
  }, parameters);
  const plain = isObject(found) ? found[''] : found;
  return typeof plain === 'string' || typeof plain === 'number' || typeof plain === 'boolean'
    ? String(plain)
    : undefined;
}
