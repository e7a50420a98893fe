import { isKustomizationName } from '../../manifests/roles/kustomizations.ts';
import { isTyped } from '../cursor.ts';
import type { Entry } from '../inventory.ts';
import { mapAbove, type Spot } from '../spot.ts';
import type { Suggestion } from '../suggestion.ts';
import { originOf, rankOf } from './entries.ts';

/** What a kustomization names of the objects that it builds: targets of patches, replicas, sources of replacements. */
export function kustomizationNames(spot: Spot): Suggestion[] {
  if (spot.cursor.part === 'key' || !isKustomizationName(spot.file)) return [];
  const { path } = spot;
  if (path === 'replicas[].name') return objects(spot, ({ kind }) => scalable.has(kind), 'name');
  const target = /(?:target|source|select|reject\[\]|objref)\.(kind|name|namespace|group|version)$/;
  const field = target.exec(path)?.[1];
  if (field !== 'kind' && field !== 'name') return [];
  const { kind, name } = mapAbove(spot, 1);
  if (field === 'kind') return objects(spot, facts => !isText(name) || facts.name === name, 'kind');
  return objects(spot, facts => !isText(kind) || facts.kind === kind, 'name');
}

const scalable = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController']);

function objects(
  spot: Spot,
  isWanted: (facts: Entry['facts']) => boolean,
  what: 'kind' | 'name',
): Suggestion[] {
  return spot.inventory
    .entries()
    .filter(({ facts }) => facts.name !== '' && isWanted(facts))
    .map(entry => ({
      label: entry.facts[what],
      detail: `${entry.facts[what === 'kind' ? 'name' : 'kind']} ${originOf(entry)}`.trim(),
      kind: 'object',
      rank: rankOf(entry, spot),
    }));
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !isTyped(value);
}
