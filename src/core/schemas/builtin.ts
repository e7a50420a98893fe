import { apiVersionOf, type GroupVersionKind, parseApiVersion } from '../model/resource.ts';
import type { KindEntry } from './compact.ts';
import { nearestName } from './nearest.ts';
import { typeResolver } from './resolve.ts';
import type { SchemaStore } from './store.ts';
import type { FieldType, KindLookup } from './type.ts';

/** Kubernetes' own kinds as one minor version serves them. */
export interface Builtin {
  /** True for the groups that Kubernetes itself serves: what it does not know there is an error. */
  hasGroup(group: string): boolean;
  lookup(gvk: GroupVersionKind): KindLookup;
  /** The kind in Kubernetes' own group that this one is nearly written as (`app/v1`), if any. */
  misspeltGroup(gvk: GroupVersionKind): GroupVersionKind | undefined;
  type(name: string): FieldType;
  /** What it serves, the stable versions of a kind first. */
  kinds(): GroupVersionKind[];
}

/**
 * Types come from the bundled minor nearest to `minor`; what a version introduced or removed is
 * known beyond the bundled ones.
 */
export function createBuiltin(store: SchemaStore, minor: number): Builtin {
  const { minors, kinds } = store.table;
  const bundled = Math.min(Math.max(minor, minors[0] ?? minor), minors.at(-1) ?? minor);
  const type = typeResolver(name => store.typeAt(name, bundled));
  const groups = new Set(Object.keys(kinds).map(apiVersion => parseApiVersion(apiVersion).group));

  const servedKinds = (apiVersion: string): string[] =>
    Object.entries(kinds[apiVersion] ?? {})
      .filter(([, entry]) => entry.type !== undefined && isServed(entry, minor))
      .map(([kind]) => kind);

  /** Where the kind is served, the stable versions first. */
  const homesOf = (kind: string): GroupVersionKind[] =>
    Object.keys(kinds)
      .filter(apiVersion => servedKinds(apiVersion).includes(kind))
      .map(apiVersion => ({ ...parseApiVersion(apiVersion), kind }))
      .sort((a, b) => instability(a.version) - instability(b.version));

  const unknown = (gvk: GroupVersionKind): KindLookup => {
    const apiVersion = apiVersionOf(gvk);
    const homes = homesOf(gvk.kind);
    if (homes.length === 0 && homesOf(gvk.kind.replace(/List$/, '')).length > 0)
      return { found: false, why: 'unknown', reason: 'lists are checked item by item' };
    const home = homes.find(({ group }) => group === gvk.group) ?? homes[0];
    if (home) return noSuchVersion(gvk, home);
    const here = nearestName(gvk.kind, servedKinds(apiVersion));
    const anywhere = here ?? nearestName(gvk.kind, Object.keys(kinds).flatMap(servedKinds));
    if (anywhere === undefined)
      return {
        found: false,
        why: 'unknown-kind',
        reason: `There is no kind ${gvk.kind} in ${apiVersion}.`,
      };
    const suggestion = here ? { ...gvk, kind: here } : homesOf(anywhere)[0];
    return noSuchKind(gvk, suggestion ?? { ...gvk, kind: anywhere });
  };

  return {
    hasGroup: group => groups.has(group),
    type,
    kinds: () =>
      Object.keys(kinds)
        .flatMap(apiVersion =>
          servedKinds(apiVersion).map(kind => ({ ...parseApiVersion(apiVersion), kind })),
        )
        .sort((a, b) => instability(a.version) - instability(b.version)),
    lookup(gvk) {
      const entry = kinds[apiVersionOf(gvk)]?.[gvk.kind];
      if (entry === undefined) return unknown(gvk);
      if (!isServed(entry, minor)) return notServed(gvk, entry, minor, homesOf(gvk.kind)[0]);
      if (entry.type === undefined) return { found: false, why: 'unknown', reason: noSchema(gvk) };
      return {
        found: true,
        kind: {
          type: type(entry.type),
          namespaced: entry.namespaced === true,
          origin: 'kubernetes',
          builtin: true,
          hasStatusSubresource: entry.status === true,
        },
      };
    },
    misspeltGroup(gvk) {
      // Nobody else may own these: other groups need a dot, and *.k8s.io an approval.
      if (gvk.group.includes('.') && !gvk.group.endsWith('.k8s.io')) return undefined;
      const homes = homesOf(gvk.kind);
      const groups = homes.map(({ group }) => group);
      // `networking/v1` is short for networking.k8s.io/v1.
      const whole = groups.find(group => group.startsWith(`${gvk.group}.`));
      const meant = whole ?? nearestName(gvk.group, groups);
      return homes.find(({ group }) => group === meant);
    },
  };
}

/** Says that nothing here knows the kind: it is not checked. */
export function noSchema(gvk: GroupVersionKind): string {
  return `no schema for ${apiVersionOf(gvk)} ${gvk.kind}`;
}

/** The apiVersion does not serve the kind, another one does. */
export function noSuchVersion(gvk: GroupVersionKind, suggestion: GroupVersionKind): KindLookup {
  const reason = `There is no ${gvk.kind} in ${apiVersionOf(gvk)}; use ${apiVersionOf(suggestion)}.`;
  return { found: false, why: 'unknown-version', reason, suggestion };
}

/** The kind is not known, one of nearly that name is. */
export function noSuchKind(gvk: GroupVersionKind, suggestion: GroupVersionKind): KindLookup {
  const { kind } = suggestion;
  const there =
    apiVersionOf(gvk) === apiVersionOf(suggestion) ? '' : ` in ${apiVersionOf(suggestion)}`;
  const hint =
    kind.toLowerCase() === gvk.kind.toLowerCase()
      ? `kinds are case sensitive: ${kind}${there}`
      : `did you mean ${kind}${there}?`;
  const reason = `There is no kind ${gvk.kind} in ${apiVersionOf(gvk)}; ${hint}${hint.endsWith('?') ? '' : '.'}`;
  return { found: false, why: 'unknown-kind', reason, suggestion };
}

function notServed(
  gvk: GroupVersionKind,
  entry: KindEntry,
  minor: number,
  home: GroupVersionKind | undefined,
): KindLookup {
  const name = `${apiVersionOf(gvk)} ${gvk.kind}`;
  const { introduced = 0, removed } = entry;
  if (introduced > minor) {
    const reason = `${name} is served since Kubernetes 1.${introduced}, and the target is 1.${minor}.`;
    return { found: false, why: 'not-yet', reason, suggestion: home };
  }
  const suggestion = entry.replacement === undefined ? home : successorOf(entry.replacement);
  const next = suggestion
    ? `use ${apiVersionOf(suggestion)}${suggestion.kind === gvk.kind ? '' : ` ${suggestion.kind}`}`
    : 'it has no successor';
  const reason = `${name} was removed in Kubernetes 1.${removed}; ${next}.`;
  return { found: false, why: 'removed', reason, suggestion };
}

function successorOf(replacement: string): GroupVersionKind {
  const [apiVersion = '', kind = ''] = replacement.split(' ');
  return { ...parseApiVersion(apiVersion), kind };
}

function isServed(entry: KindEntry, minor: number): boolean {
  const { introduced = 0, removed = Number.POSITIVE_INFINITY } = entry;
  return introduced <= minor && minor < removed;
}

/** Orders versions: v2, v1, v1beta1, v1alpha1. */
function instability(version: string): number {
  const [, major = '0', stage] = /^v(\d+)(alpha|beta)?/.exec(version) ?? [];
  return (stage === 'alpha' ? 200 : stage === 'beta' ? 100 : 0) - Number(major);
}
