import type { Entry } from '../inventory.ts';
import type { Spot } from '../spot.ts';

/** 0 where an entry is of an environment of the file, or the file is of none. */
export function rankOf({ environments }: Pick<Entry, 'environments'>, spot: Spot): 0 | 1 {
  if (spot.environments.length === 0) return 0;
  return environments.some(name => spot.environments.includes(name)) ? 0 : 1;
}

/** `shop · production, staging`, else the file that says it. */
export function originOf({ facts, file, environments }: Entry): string {
  const place = environments.length > 0 ? listed(environments) : (file ?? '');
  return [facts.namespace, place].filter(each => each !== '').join(' · ');
}

function listed(names: readonly string[]): string {
  const few = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${few} and ${names.length - 3} more` : few;
}

/** True unless both namespaces are known and another: kustomizations and engines set them later. */
export function maySee(entry: Entry, namespace: string | undefined): boolean {
  const own = entry.facts.namespace;
  return !namespace || own === '' || own === namespace;
}
