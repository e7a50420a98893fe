import {
  anyType,
  fieldType,
  itemStep,
  itemType,
  listMerge,
  stepText,
} from '../../../src/core/drift/typed-path.ts';
import type { OwnerProfile } from '../../../src/core/model/drift.ts';
import { isObject, type Json, type JsonObject } from '../../../src/core/model/resource.ts';
import type { FieldType } from '../../../src/core/schemas/type.ts';
import { fieldSet } from './field-set.ts';

export interface Pair {
  seed: number;
  desired: JsonObject;
  live: JsonObject;
  profile: OwnerProfile;
  previous?: JsonObject;
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const profiles: OwnerProfile[] = [
  { mode: 'ssa', manager: 'kubectl' },
  { mode: 'ssa', manager: 'argocd-controller' },
  { mode: 'flux', manager: 'kustomize-controller' },
  { mode: 'csa', manager: 'argocd-controller' },
  { mode: 'csa3', manager: 'helm' },
];
const strangers = [
  'kubectl-edit',
  'kubectl-client-side-apply',
  'kube-controller-manager',
  'sidecar-injector',
];

/**
 * A manifest and a live object with a history: the owner applied a part of `rich`, others added parts,
 * somebody may have edited the result, and the manifest may have changed since.
 */
export function randomPair(seed: number, rich: JsonObject, type: FieldType): Pair {
  const random = randomOf(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const profile = pick(profiles);
  const applied = part(rich, type, random) as JsonObject;
  const foreign = part(rich, type, random, random(), needed) as JsonObject;
  let live = merge(type, foreign, applied) as JsonObject;
  for (let n = edits(random); n > 0; n--) live = mutate(live, random) as JsonObject;
  let desired = applied;
  for (let n = edits(random); n > 0; n--) desired = mutate(desired, random) as JsonObject;
  const entries = [
    { manager: profile.manager, operation: random() < 0.9 ? 'Apply' : 'Update', of: applied },
    { manager: pick(strangers), operation: random() < 0.8 ? 'Update' : 'Apply', of: foreign },
  ].filter(() => random() < 0.9);
  const managedFields = entries.map(({ manager, operation, of }) => ({
    manager,
    operation,
    apiVersion: String(rich.apiVersion),
    fieldsType: 'FieldsV1',
    time: '2026-01-01T00:00:00Z',
    fieldsV1: fieldSet(type, of),
  }));
  const metadata: JsonObject = { ...(live.metadata as JsonObject), managedFields };
  if (profile.mode === 'csa' && random() < 0.9) {
    const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
    metadata.annotations = {
      ...annotations,
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(applied),
    };
  }
  const previous = profile.mode === 'csa3' && random() < 0.9 ? { previous: applied } : {};
  return { seed, desired, live: { ...live, metadata }, profile, ...previous };
}

function edits(random: () => number): number {
  return random() < 0.6 ? 0 : 1 + Math.floor(random() * 2);
}

const identity = new Set(['apiVersion', 'kind', 'name', 'namespace']);

/** What validation wants beside what the types require: live objects have it. */
const needed = new Set(
  'selector manualSelector labels image restartPolicy clientConfig accessModes capacity nfs resources requests clusterIP clusterIPs type ports template'.split(
    ' ',
  ),
);

/** A part of a value that keeps what the type requires, and fields with certain names. */
function part(
  value: Json,
  type: FieldType,
  random: () => number,
  share = random(),
  always: ReadonlySet<string> = new Set(),
): Json {
  if (isObject(value) && type.merge !== 'atomic') {
    const entries = Object.entries(value).filter(
      ([key]) =>
        key === 'metadata' ||
        key === 'spec' ||
        identity.has(key) ||
        always.has(key) ||
        type.required?.includes(key) ||
        random() < share,
    );
    return Object.fromEntries(
      entries.map(([key, item]) => [
        key,
        part(item, fieldType(type, key) ?? anyType, random, share, always),
      ]),
    );
  }
  if (Array.isArray(value) && listMerge(type) !== 'atomic') {
    const items = value.filter((_, index) => index === 0 || random() < share);
    return items.map(item => part(item, itemType(type), random, share, always));
  }
  return value;
}

/** Both values; where they meet, `over` wins. Keyed items and members of sets are put together. */
function merge(type: FieldType, under: Json, over: Json): Json {
  if (isObject(under) && isObject(over) && type.merge !== 'atomic') {
    const merged: JsonObject = { ...under };
    for (const [key, value] of Object.entries(over)) {
      const below = under[key];
      merged[key] =
        below === undefined ? value : merge(fieldType(type, key) ?? anyType, below, value);
    }
    return merged;
  }
  if (!Array.isArray(under) || !Array.isArray(over) || listMerge(type) === 'atomic') return over;
  const nameOf = (item: Json, index: number) => stepText(itemStep(type, item, index) ?? index);
  const names = over.map(nameOf);
  const others = under.filter((item, index) => !names.includes(nameOf(item, index)));
  const both = over.map((item, index) => {
    const below = under.find((other, at) => nameOf(other, at) === names[index]);
    return below === undefined ? item : merge(itemType(type), below, item);
  });
  return [...both, ...others];
}

/** One random change somewhere below: another value, nothing, null, empty, another order, or twice. */
function mutate(value: Json, random: () => number, depth = 0): Json {
  const children = isObject(value)
    ? Object.keys(value).filter(key => depth > 0 || !identity.has(key))
    : [];
  if (isObject(value) && children.length > 0) {
    const key = children[Math.floor(random() * children.length)] as string;
    if (depth > 0 && identity.has(key) && depth < 2) return value;
    if (depth > 0 && random() < 0.15) {
      const { [key]: _, ...rest } = value;
      return rest;
    }
    return { ...value, [key]: mutate(value[key] as Json, random, depth + 1) };
  }
  if (Array.isArray(value) && value.length > 0) {
    const dice = random();
    if (dice < 0.15) return value.toReversed();
    if (dice < 0.25) return [...value, value[0] as Json];
    if (dice < 0.35) return value.slice(1);
    const at = Math.floor(random() * value.length);
    return value.with(at, mutate(value[at] as Json, random, depth + 1));
  }
  return otherLeaf(value, random());
}

function otherLeaf(value: Json, dice: number): Json {
  if (dice < 0.1) return null;
  if (dice < 0.15) return {};
  if (dice < 0.2) return [];
  if (dice < 0.3) return '';
  if (typeof value === 'number') return dice < 0.9 ? value + 1 : String(value);
  if (typeof value === 'boolean') return !value;
  return typeof value === 'string' ? `${value}x` : 'x';
}
