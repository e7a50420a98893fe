import type { DriftResult } from '../../model/drift.ts';
import type { Resource } from '../../model/resource.ts';

/** The end of a name that kustomize makes of a generator's content: hex digits, some written as other letters. */
const hash = /-[2456789bcdfghkmt]{10}$/;

/** The name without the hash of its content; undefined where it has none. */
function baseName({ group, kind, name }: Resource): string | undefined {
  const generated = group === '' && (kind === 'ConfigMap' || kind === 'Secret') && hash.test(name);
  return generated ? name.replace(hash, '') : undefined;
}

/** True for a generated Secret that one of those whose hash is not known may be. */
export function mayBeUnsure(
  resource: Resource,
  unsure: readonly { result: DriftResult }[],
): boolean {
  if (resource.kind !== 'Secret') return false;
  const withoutHash = (text: string) => text.replace(/-[a-z0-9]{10}$/, '');
  return unsure.some(
    ({ result: { resource: other } }) =>
      other.kind === 'Secret' &&
      other.namespace === resource.namespace &&
      withoutHash(other.name) !== other.name &&
      withoutHash(other.name) === withoutHash(resource.name),
  );
}

/** Tells the ConfigMaps and Secrets that a generator made of other content before. */
export class Generations {
  /** Names of those that are declared now, by what they are made of. */
  readonly #current = new Map<string, string>();

  constructor(declared: Iterable<Resource>) {
    for (const resource of declared) {
      const key = keyOf(resource);
      if (key !== undefined) this.#current.set(key, resource.name);
    }
  }

  /** The name that took the place of an object's. */
  successor(resource: Resource): string | undefined {
    const key = keyOf(resource);
    const name = key === undefined ? undefined : this.#current.get(key);
    return name === resource.name ? undefined : name;
  }
}

function keyOf(resource: Resource): string | undefined {
  const base = baseName(resource);
  return base === undefined ? undefined : `${resource.kind}/${resource.namespace}/${base}`;
}
