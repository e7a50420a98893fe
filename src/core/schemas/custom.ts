import { isDeepStrictEqual } from 'node:util';
import { type GroupVersionKind, isObject, type Json, type JsonObject } from '../model/resource.ts';
import { noSuchKind, noSuchVersion } from './builtin.ts';
import { customType } from './custom-type.ts';
import { nearestName } from './nearest.ts';
import type { FieldType, KindLookup, KindType, Origin } from './type.ts';

/** Kinds that CustomResourceDefinitions define. */
export interface Custom {
  /** Undefined where no definition says anything about the group, kind or a kind of nearly that name. */
  lookup(gvk: GroupVersionKind): KindLookup | undefined;
  /** True where a definition of the kind is here, whatever its versions. */
  defines(gvk: Pick<GroupVersionKind, 'group' | 'kind'>): boolean;
  /** Kinds and versions that are served. */
  kinds(): GroupVersionKind[];
}

interface Definition {
  group: string;
  kind: string;
  /** Further names of the kind that people write by mistake. */
  names: string[];
  namespaced: boolean;
  versions: Map<string, { served: boolean; schemas: JsonObject[]; status: boolean }>;
  preserve: boolean;
}

/** Reads definitions; `metadata` is the type of every object's metadata. What is no CRD is passed over. */
export function createCustom(
  crds: readonly JsonObject[],
  metadata: () => FieldType,
  origin: Origin = 'definition',
): Custom {
  const definitions = new Map<string, Definition>();
  for (const crd of crds) addDefinition(definitions, crd);
  const made = new Map<string, KindType>();

  const kindType = (definition: Definition, version: string): KindType | undefined => {
    const key = `${definition.group}/${version}/${definition.kind}`;
    const known = made.get(key);
    const declared = definition.versions.get(version);
    if (known || !declared?.served) return known;
    const [type, ...alternatives] = declared.schemas.map(schema =>
      customType(schema, metadata(), definition.preserve),
    );
    if (type === undefined) return undefined;
    const { namespaced } = definition;
    const kind: KindType = {
      type,
      namespaced,
      origin,
      builtin: false,
      hasStatusSubresource: declared.status,
    };
    if (alternatives.length > 0) kind.alternatives = alternatives;
    made.set(key, kind);
    return kind;
  };

  return {
    defines: ({ group, kind }) => definitions.has(`${group}/${kind}`),
    kinds: () =>
      [...definitions.values()].flatMap(({ group, kind, versions }) =>
        [...versions]
          .filter(([, { served }]) => served)
          .map(([version]) => ({ group, version, kind })),
      ),
    lookup(gvk) {
      const definition = definitions.get(`${gvk.group}/${gvk.kind}`);
      if (definition === undefined) return nearKind(gvk, [...definitions.values()]);
      const kind = kindType(definition, gvk.version);
      if (kind) return { found: true, kind };
      const declared = definition.versions.get(gvk.version);
      if (declared?.served)
        return {
          found: false,
          why: 'unknown',
          reason: `the definition of ${gvk.kind} has no schema`,
        };
      const version = servedVersion(definition);
      return version === undefined ? undefined : noSuchVersion(gvk, { ...gvk, version });
    },
  };
}

/** The repository may hold only some kinds of a group, so only a name that is nearly known is wrong. */
function nearKind(gvk: GroupVersionKind, definitions: Definition[]): KindLookup | undefined {
  const sameGroup = definitions.filter(({ group }) => group === gvk.group);
  const near = nearestName(
    gvk.kind,
    sameGroup.map(({ kind }) => kind),
  );
  const found = sameGroup.find(
    ({ kind, names }) => names.includes(gvk.kind.toLowerCase()) || isMisspelt(gvk.kind, kind, near),
  );
  if (found === undefined) return undefined;
  const version = found.versions.get(gvk.version)?.served ? gvk.version : servedVersion(found);
  return noSuchKind(gvk, { ...gvk, version: version ?? gvk.version, kind: found.kind });
}

/** Upper and lower case only: `Gateway` and `GatewayClass` live side by side, as other near names do. */
function isMisspelt(written: string, kind: string, near: string | undefined): boolean {
  return kind === near && kind.toLowerCase() === written.toLowerCase();
}

function servedVersion(definition: Definition): string | undefined {
  return [...definition.versions].find(([, { served }]) => served)?.[0];
}

/** False for a definition that is too broken to say which kind it is about. */
export function definesKind({ kind: type, spec }: JsonObject): boolean {
  if (type !== 'CustomResourceDefinition' || !isObject(spec) || !isObject(spec.names)) return false;
  const isText = (value: unknown) => typeof value === 'string' && value !== '';
  return isText(spec.group) && isText(spec.names.kind);
}

/** `group/Kind` of a definition that says it. */
export function definedKind({ spec }: JsonObject): string {
  const { group, names } = spec as { group: string; names: { kind: string } };
  return `${group}/${names.kind}`;
}

/** Definitions of one kind add up: a repository may hold several releases of the same CRD. */
function addDefinition(definitions: Map<string, Definition>, crd: JsonObject): void {
  const { spec } = crd;
  if (!definesKind(crd) || !isObject(spec) || !isObject(spec.names)) return;
  const { group, names } = spec;
  const { kind, plural, singular } = names;
  if (typeof group !== 'string' || typeof kind !== 'string') return;
  const key = `${group}/${kind}`;
  const definition = definitions.get(key) ?? {
    group,
    kind,
    names: [plural, singular].filter(name => typeof name === 'string'),
    namespaced: spec.scope !== 'Cluster',
    versions: new Map(),
    preserve: false,
  };
  definition.preserve ||= spec.preserveUnknownFields === true;
  definitions.set(key, definition);
  for (const version of versionsOf(spec)) addVersion(definition, version);
}

/** v1beta1 had one version's schema and status beside the list of versions. */
function versionsOf(spec: JsonObject): JsonObject[] {
  const shared = { schema: spec.validation ?? null, subresources: spec.subresources ?? null };
  const named = typeof spec.version === 'string' ? [{ name: spec.version, served: true }] : [];
  const versions: Json[] = Array.isArray(spec.versions) ? spec.versions : named;
  return versions.filter(isObject).map(version => ({ ...shared, ...version }));
}

function addVersion(definition: Definition, version: JsonObject): void {
  const { name, served, schema, subresources } = version;
  if (typeof name !== 'string') return;
  const declared = definition.versions.get(name) ?? { served: false, schemas: [], status: false };
  definition.versions.set(name, declared);
  declared.served ||= served === true;
  declared.status ||= isObject(subresources) && isObject(subresources.status);
  const root = isObject(schema) ? schema.openAPIV3Schema : undefined;
  if (!isObject(root)) return;
  if (!declared.schemas.some(known => isDeepStrictEqual(known, root))) declared.schemas.push(root);
}
