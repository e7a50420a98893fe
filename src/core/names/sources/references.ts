import type { KindName } from '../../links/field.ts';
import { referenceAt, referencesOf } from '../../links/references.ts';
import { isTyped } from '../cursor.ts';
import type { Entry } from '../inventory.ts';
import { mapAbove, type Spot } from '../spot.ts';
import type { Suggestion } from '../suggestion.ts';
import { maySee, originOf, rankOf } from './entries.ts';

/** Names of objects where a field names one, and keys of their data where it names a key. Never values. */
export function referenceNames(spot: Spot): Suggestion[] {
  if (spot.cursor.part === 'key') return [];
  const keys = keysNamed(spot);
  if (keys) return keys;
  const wanted = referenceAt(spot.object, spot.cursor.path) ?? byName(spot);
  if (!wanted) return [];
  const namespace = isTyped(wanted.namespace) ? undefined : wanted.namespace;
  return entriesOf(spot, wanted.kinds, namespace)
    .filter(({ facts }) => !isItself(spot, facts))
    .map(entry => ({
      label: entry.facts.name,
      detail: `${entry.facts.kind} ${originOf(entry)}`.trim(),
      kind: 'object',
      rank: rankOf(entry, spot),
    }));
}

function entriesOf(
  { inventory }: Spot,
  kinds: readonly KindName[],
  namespace: string | undefined,
): Entry[] {
  return inventory
    .entries()
    .filter(({ facts }) => facts.name !== '' && kinds.some(each => makes(facts, each)))
    .filter(entry => maySee(entry, namespace));
}

/** What makes an object under its own name: it exists as soon as its operator has seen it. */
function makes(facts: Entry['facts'], { group, kind }: KindName): boolean {
  if (facts.kind === kind && facts.group === group) return true;
  return kind === 'Secret' && group === '' && makers.has(facts.kind);
}

const makers = new Set(['SealedSecret', 'ExternalSecret', 'SopsSecret']);

function isItself({ object, kind }: Spot, facts: Entry['facts']): boolean {
  const metadata = object.metadata;
  const name = typeof metadata === 'object' && metadata !== null && 'name' in metadata;
  return facts.kind === kind && name && metadata.name === facts.name;
}

/** The place is the key of an object's data that stands beside the object's name. */
function keysNamed(spot: Spot): Suggestion[] | undefined {
  const path = JSON.stringify(spot.cursor.path);
  const reference = referencesOf(spot.object).find(
    ({ key }) => key && JSON.stringify(key.pointer) === path,
  );
  const found = reference ?? itemKey(spot);
  if (!found) return undefined;
  const { kinds, namespace, name } = found;
  return entriesOf(spot, kinds, namespace)
    .filter(({ facts }) => facts.name === name)
    .flatMap(entry =>
      entry.facts.keys.map(key => ({
        label: key,
        detail: `${entry.facts.kind} ${name}`,
        kind: 'key' as const,
        rank: rankOf(entry, spot),
      })),
    );
}

/** `items[].key` of a volume: the name stands beside the list. */
function itemKey(
  spot: Spot,
): { kinds: KindName[]; namespace: undefined; name: string } | undefined {
  const kind = /\.(?:configMap|(secret))\.items\[\]\.key$/.exec(spot.path);
  if (!kind) return undefined;
  const { name, secretName } = mapAbove(spot, 3);
  const wanted = kind[1] === undefined ? name : (secretName ?? name);
  if (typeof wanted !== 'string') return undefined;
  return {
    kinds: [{ group: '', kind: kind[1] === undefined ? 'ConfigMap' : 'Secret' }],
    namespace: undefined,
    name: wanted,
  };
}

/** Custom resources that no table knows follow the API conventions: `secretRef.name`, `kind` beside `name`. */
function byName(spot: Spot): { kinds: KindName[]; namespace: string | undefined } | undefined {
  if (!spot.apiVersion.includes('.')) return undefined;
  const known = conventions.find(([pattern]) => pattern.test(spot.path))?.[1];
  if (known) return { kinds: [known], namespace: undefined };
  const { kind, apiVersion, group } = mapAbove(spot, 1);
  if (!/(?:Ref|Refs\[\])\.name$/.test(spot.path) || typeof kind !== 'string') return undefined;
  const groupOf = typeof apiVersion === 'string' ? apiVersion.split('/').at(-2) : group;
  const own = spot.apiVersion.split('/').at(-2) ?? '';
  return {
    kinds: [{ group: typeof groupOf === 'string' ? groupOf : own, kind }],
    namespace: undefined,
  };
}

const conventions: readonly (readonly [RegExp, KindName])[] = [
  [/(?:^|\.)(?:\w*[sS]ecret(?:Key)?Ref\.name|\w*[sS]ecretName)$/, { group: '', kind: 'Secret' }],
  [/(?:^|\.)\w*[cC]onfigMap(?:Key)?Ref\.name$/, { group: '', kind: 'ConfigMap' }],
  [/(?:^|\.)serviceAccount(?:Name|Ref\.name)$/, { group: '', kind: 'ServiceAccount' }],
  [/(?:^|\.)storageClassName$/, { group: 'storage.k8s.io', kind: 'StorageClass' }],
  [/(?:^|\.)priorityClassName$/, { group: 'scheduling.k8s.io', kind: 'PriorityClass' }],
  [/(?:^|\.)ingressClassName$/, { group: 'networking.k8s.io', kind: 'IngressClass' }],
];
