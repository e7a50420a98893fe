import { isDeepStrictEqual } from 'node:util';
import { jsonOf } from '../manifests/locate.ts';
import { resolveReference } from '../manifests/paths.ts';
import type { FluxBuild, RenderSource } from '../model/environment.ts';
import { objectAt, textAt, valueAt } from '../model/fields.ts';
import type { Json, JsonObject } from '../model/resource.ts';
import type { DeclaredObject, Deployable, DeployedObject, DiscoveryInput } from './context.ts';
import { isWithin } from './folders.ts';
import { matchesGlob } from './globs.ts';
import type { ManifestIndex } from './manifest-index.ts';
import { type ReachedFile, reach } from './reach.ts';
import { writtenObjects } from './written.ts';

/**
 * What a source deploys, for the engines' own objects in it. Only sources that hold such objects
 * are rendered: most hold none, and an overlay cannot make one from nothing.
 */
export async function deployedObjects(
  index: ManifestIndex,
  input: Pick<DiscoveryInput, 'render' | 'trace'>,
  application: Deployable,
): Promise<DeployedObject[]> {
  const { render, trace = render } = input;
  const { source, origin } = application;
  if (source.kind === 'several') {
    const parts = source.sources.map(part =>
      deployedObjects(index, input, { source: part, origin }),
    );
    return (await Promise.all(parts)).flat();
  }
  if (source.kind === 'unresolved') return [];
  if (source.kind === 'helm') {
    if (!render || source.chart || !mayTemplateDeployers(index, source.path)) return [];
    return [...(await (trace ?? render)(application)).objects];
  }
  const written = writtenBelow(index, source);
  if (!written.some(object => isDeployer(object.resource.group))) return [];
  if (!render) return written;
  const rendered = await render(application);
  if (rendered.failure) return written;
  const placed = rendered.objects.map(object => withPlaces(object, written));
  if (!trace || !placed.some(({ scattered }) => scattered)) return placed;
  const traced = await trace(application);
  return placed.map((object, at) => {
    const same = traced.objects[at];
    return object.scattered && same ? { ...object, locate: same.locate } : object;
  });
}

/** What the files below a source's folder hold, as they are written. */
export function writtenBelow(
  index: ManifestIndex,
  source: Extract<RenderSource, { path: string }>,
): DeployedObject[] {
  return reach(index, source.path).flatMap(reached =>
    writtenObjects(reached.file).map(object => asDeployed(index, object, reached, source)),
  );
}

/**
 * A render knows the fields' places only when it is traced; where nothing changed an engine's object, the file
 * that it is written in says them.
 */
function withPlaces(object: DeclaredObject, written: readonly DeployedObject[]): DeployedObject {
  const { group, kind, name, namespace } = object.resource;
  const same = written.filter(({ resource }) => resource.kind === kind && resource.name === name);
  const origin = same.find(({ resource }) => resource.namespace === namespace) ?? same[0];
  if (!origin) return isDeployer(group) ? { ...object, scattered: true } : object;
  const { source, locate } = origin;
  const scattered =
    isDeployer(group) && !isDeepStrictEqual(tracedFields(object), tracedFields(origin));
  return { ...object, source, locate, ...(scattered && { scattered }) };
}

/** What of an engine's object shows in what it deploys, so that it is asked where that stands. */
function tracedFields({ resource, value }: DeclaredObject): unknown {
  const spec = objectAt(value, 'spec') ?? {};
  return shownFields[resource.kind]?.map(field => spec[field]) ?? spec;
}

const shownFields: Record<string, readonly string[]> = {
  Application: ['source', 'sources', 'sourceHydrator'],
  ApplicationSet: ['template', 'templatePatch', 'generators'],
  HelmRelease: ['values', 'postRenderers', 'commonMetadata'],
  Kustomization: [
    ...['patches', 'images', 'components', 'commonMetadata', 'postBuild'],
    ...['targetNamespace', 'namePrefix', 'nameSuffix'],
  ],
};

/** Groups whose objects deploy others. */
export function isDeployer(group: string): boolean {
  return /(^|\.)toolkit\.fluxcd\.io$|^argoproj\.io$|^fluxcd\.controlplane\.io$/.test(group);
}

function mayTemplateDeployers(index: ManifestIndex, chart: string): boolean {
  return index
    .files()
    .some(
      file =>
        file.role === 'chart-template' &&
        isWithin(chart, file.path) &&
        /apiVersion:\s*["']?(argoproj\.io|\w+\.toolkit\.fluxcd\.io)\//.test(file.text),
    );
}

/**
 * A written object as the kustomizations on its way name its namespace, with what else changes it.
 */
function asDeployed(
  index: ManifestIndex,
  object: DeployedObject,
  reached: ReachedFile,
  source: Extract<RenderSource, { path: string }>,
): DeployedObject {
  const flux = source.kind === 'kustomize' ? source.flux : undefined;
  const builds = reached.through.map(({ path, file }) => ({
    path,
    file,
    value: kustomizationValue(index, file),
  }));
  const namespace =
    flux?.targetNamespace ??
    builds.map(({ value }) => textAt(value, 'namespace')).find(name => name) ??
    object.resource.namespace;
  const changer = builds.find(({ path, value }) => changes(index, path, value, object));
  const changedBy = changer ? changer.file : fluxChanges(flux, object);
  return {
    ...object,
    resource: { ...object.resource, namespace },
    ...(changedBy === undefined ? {} : { changedBy }),
  };
}

function kustomizationValue(index: ManifestIndex, file: string): JsonObject {
  const root = index.file(file)?.parsed.documents[0]?.root;
  return root ? (objectAt(jsonOf(root)) ?? {}) : {};
}

/**
 * True when a kustomization may change more of the object than its namespace, labels and
 * annotations.
 */
function changes(
  index: ManifestIndex,
  folder: string,
  kustomization: JsonObject,
  object: DeployedObject,
): boolean {
  const rewrites = ['namePrefix', 'nameSuffix', 'replacements', 'transformers', 'vars'];
  if (rewrites.some(field => isSet(kustomization[field]))) return true;
  const patches = ['patches', 'patchesStrategicMerge', 'patchesJson6902'].flatMap(field => {
    const list = valueAt(kustomization, field);
    return Array.isArray(list) ? list : [];
  });
  return patches.some(patch => {
    const path = typeof patch === 'string' ? patch : textAt(patch, 'path');
    const file = path === undefined ? undefined : resolveReference(folder, path);
    const text = textAt(patch, 'patch') ?? (file && index.file(file)?.text) ?? path ?? '';
    return mayTouch(patch, text, object.resource.kind);
  });
}

function isSet(value: Json | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}

/**
 * A target names kinds by an anchored regular expression; without one the patch names its kind
 * itself.
 */
function mayTouch(patch: Json, text: string, kind: string): boolean {
  const target = textAt(patch, 'target', 'kind');
  if (target !== undefined) return mayMatch(target, kind);
  return (
    objectAt(patch, 'target') !== undefined ||
    new RegExp(`kind["']?:\\s*["']?${kind}\\b`).test(text)
  );
}

/**
 * Kinds, `|`, `.` and `.*` are understood; any other pattern may match, and none can be a slow one.
 */
function mayMatch(pattern: string, text: string): boolean {
  const kinds = pattern
    .replace(/^\^?\(?/, '')
    .replace(/\)?\$?$/, '')
    .split('|');
  return kinds.some(
    kind =>
      /[^A-Za-z0-9.]/.test(kind.replaceAll('.*', '')) ||
      matchesGlob(kind.replaceAll('.*', '*').replaceAll('.', '?'), text),
  );
}

function fluxChanges(flux: FluxBuild | undefined, object: DeployedObject): string | undefined {
  if (!flux) return undefined;
  const name = `Flux Kustomization ${flux.namespace}/${flux.name}`;
  const patched = (flux.patches ?? []).some(patch =>
    mayTouch(patch, textAt(patch, 'patch') ?? '', object.resource.kind),
  );
  if (patched || flux.namePrefix !== undefined || flux.nameSuffix !== undefined) return name;
  if (flux.postBuild && JSON.stringify(object.value).includes('${')) return name;
  return undefined;
}
