import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { customResourceDefinitions } from '../cluster/definitions.ts';
import { UserError } from '../lib/errors.ts';
import { objectsAt, textAt } from '../model/fields.ts';
import { type GroupVersionKind, isObject, type JsonObject } from '../model/resource.ts';
import { openCatalogue } from '../schemas/catalogue.ts';
import { importedSchemas } from '../schemas/folders.ts';
import { publishedSchema } from '../schemas/published-schema.ts';
import { openStore } from '../schemas/store.ts';
import type { Workspace } from '../workspace.ts';

/** One version of a custom resource that is known, and from where. */
export interface KnownSchema extends GroupVersionKind {
  from: 'cluster' | 'repository' | 'bundled' | 'catalogue';
  /** The environment, file, release or folder that it is of. */
  source: string;
}

/** A definition with where it is from. */
interface Sourced {
  from: KnownSchema['from'];
  source: string;
  definition: JsonObject;
}

/** All custom resources that are known, in the order in which they count; asks no cluster. */
export async function knownSchemas(workspace: Workspace): Promise<KnownSchema[]> {
  const all = [
    ...(await ofClusters(workspace)),
    ...ofRepository(workspace),
    ...ofDriftline(),
    ...ofCatalogue(workspace.schemaFolders),
  ];
  return all.flatMap(({ definition, ...rest }) =>
    versionsOf(definition).map(({ gvk }) => ({ ...gvk, ...rest })),
  );
}

/**
 * Writes each version of each known custom resource as `<group>/<kind>_<version>.json`, the layout of kubeconform's
 * and editors' schema catalogues. Of several definitions the one that counts first is taken. Gives their number.
 */
export async function exportSchemas(workspace: Workspace, folder: string): Promise<number> {
  const all = [
    ...(await ofClusters(workspace)),
    ...ofRepository(workspace),
    ...ofDriftline(true),
    ...ofCatalogue(workspace.schemaFolders),
  ];
  const written = new Set<string>();
  for (const { definition } of all)
    for (const { gvk, schema } of versionsOf(definition)) {
      const path = join(gvk.group, `${gvk.kind.toLowerCase()}_${gvk.version}.json`);
      if (written.has(path) || !isObject(schema) || !isName(gvk)) continue;
      written.add(path);
      await mkdir(join(folder, gvk.group), { recursive: true });
      const text = JSON.stringify(publishedSchema(gvk, schema), null, 1);
      await writeFile(join(folder, path), `${text}\n`);
    }
  return written.size;
}

/** Copies all definitions and JSON Schemas of a folder into the person's cache. Gives the kinds. */
export async function importFolder(folder: string): Promise<GroupVersionKind[]> {
  const found = openCatalogue([folder]).all();
  if (found.length === 0)
    throw new UserError(
      `${folder} has neither CustomResourceDefinitions nor JSON Schemas as <group>/<kind>_<version>.json.`,
    );
  return keep(found.map(({ definition }) => definition));
}

/** Copies all CustomResourceDefinitions of a cluster into the person's cache. Gives the kinds. */
export async function importContext(
  workspace: Workspace,
  context: string,
  signal?: AbortSignal,
): Promise<GroupVersionKind[]> {
  const opened = await workspace.connect({ cluster: { kind: 'context', context } });
  if (!opened.ok) throw new UserError(`Nothing was imported: ${opened.reason}.`);
  const { cluster } = opened;
  const discovery = await cluster.discovery(signal);
  if (!discovery.ok) throw new UserError(`Nothing was imported: ${discovery.reason}.`);
  const definitions = await customResourceDefinitions(cluster, discovery.resources, signal, {
    anyVersion: true,
  });
  await workspace.rememberTypes(cluster.identity, definitions);
  return keep(definitions);
}

/** One file per kind; what was imported before of it is replaced. */
async function keep(definitions: readonly JsonObject[]): Promise<GroupVersionKind[]> {
  const kept: GroupVersionKind[] = [];
  for (const versions of Map.groupBy(definitions, nameOf).values()) {
    const whole = joined(versions);
    const kinds = versionsOf(whole).map(({ gvk }) => gvk);
    const [first] = kinds;
    if (!first || !isName(first)) continue;
    const folder = join(importedSchemas(), first.group);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const name = first.kind.toLowerCase();
    // The name of a schema's file says nothing of capitals: it stays such a file.
    const files: [string, unknown][] =
      first.kind === name
        ? versionsOf(whole).map(({ gvk, schema }) => [`${name}_${gvk.version}.json`, schema])
        : [[`${name}.json`, whole]];
    for (const [file, value] of files) await writeWhole(join(folder, file), value);
    kept.push(...kinds);
  }
  return kept;
}

async function writeWhole(file: string, value: unknown): Promise<void> {
  await writeFile(`${file}.part`, JSON.stringify(value), { mode: 0o600 });
  await rename(`${file}.part`, file);
}

/** Of JSON Schemas each version is a definition of its own. */
function joined([first = {}, ...others]: readonly JsonObject[]): JsonObject {
  const { apiVersion = '', kind = '', metadata, spec } = first;
  const name = textAt(metadata, 'name') ?? '';
  const names = new Set(objectsAt(spec, 'versions').map(version => version.name));
  const more = others
    .flatMap(other => objectsAt(other.spec, 'versions'))
    .filter(version => !names.has(version.name))
    .map(version => ({ ...version, storage: false }));
  const versions = [...objectsAt(spec, 'versions'), ...more];
  return {
    apiVersion,
    kind,
    metadata: { name },
    spec: { ...(isObject(spec) ? spec : {}), versions },
  };
}

function nameOf(definition: JsonObject): string {
  return `${textAt(definition, 'spec', 'group')}/${textAt(definition, 'spec', 'names', 'kind')}`;
}

async function ofClusters(workspace: Workspace): Promise<Sourced[]> {
  const { environments } = await workspace.discovery();
  const known = environments.map(async (environment): Promise<Sourced[]> => {
    const types = await workspace.knownTypes(environment);
    const source = environment.name;
    return (types?.definitions ?? []).map(definition => ({ from: 'cluster', source, definition }));
  });
  return (await Promise.all(known)).flat();
}

function ofRepository(workspace: Workspace): Sourced[] {
  const files = workspace.index
    .ofKind('apiextensions.k8s.io', 'CustomResourceDefinition')
    .filter(({ document }) => document.root?.kind === 'map');
  const definitions = workspace.customTypes();
  return definitions.map((definition, at) => ({
    from: 'repository',
    source: files[at]?.file ?? '',
    definition,
  }));
}

function ofDriftline(described = false): Sourced[] {
  const { bundled } = openStore();
  return Object.entries(bundled.table.groups).flatMap(([group, { kinds }]) =>
    Object.entries(kinds).flatMap(([kind, entry]): Sourced[] => {
      const { name, version } = bundled.product(entry);
      const definition = described
        ? bundled.described(group, kind)
        : bundled.definition(group, kind);
      return definition ? [{ from: 'bundled', source: `${name} ${version}`, definition }] : [];
    }),
  );
}

function ofCatalogue(folders: readonly string[]): Sourced[] {
  return openCatalogue(folders)
    .all()
    .map(({ folder, definition }) => ({ from: 'catalogue', source: folder, definition }));
}

function versionsOf({ spec }: JsonObject): { gvk: GroupVersionKind; schema: unknown }[] {
  const group = textAt(spec, 'group');
  const kind = textAt(spec, 'names', 'kind');
  if (group === undefined || kind === undefined) return [];
  return objectsAt(spec, 'versions').flatMap(({ name, served, schema }) => {
    if (typeof name !== 'string' || served === false) return [];
    const root = isObject(schema) ? schema.openAPIV3Schema : undefined;
    return [{ gvk: { group, version: name, kind }, schema: root }];
  });
}

/** What a definition says becomes a path. */
function isName({ group, version, kind }: GroupVersionKind): boolean {
  return [group, version, kind].every(name => /^\w[\w.-]*$/.test(name));
}
