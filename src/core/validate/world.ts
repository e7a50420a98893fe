import { kindText } from '../links/field.ts';
import type { Environment } from '../model/environment.ts';
import { textAt } from '../model/fields.ts';
import type { RenderedObject } from '../model/rendered.ts';
import { type JsonObject, resourceText } from '../model/resource.ts';
import type { RenderedSet } from './input.ts';

/** An object of an environment, and what made it. */
export interface Item {
  object: RenderedObject;
  value: JsonObject;
  set: RenderedSet;
  group: string;
  kind: string;
  name: string;
  /** Where it will be, as far as that is known; empty for "wherever somebody applies it". */
  namespace: string;
}

/** All objects that are deployed together, so that they can refer to each other. */
export interface World {
  items: readonly Item[];
  environment?: Environment;
  /** Everything that is deployed there is known, but for what controllers make. */
  isWhole: boolean;
  /** Of a kind: `group/Kind`, or `Kind` of the core group. */
  ofKind(kind: string): readonly Item[];
  named(kind: string, name: string): readonly Item[];
}

/** The objects of some renders by what they are. */
export function createWorld(
  sets: readonly RenderedSet[],
  environment: Environment | undefined,
): World {
  const items = sets.flatMap(set => {
    const namespace = defaultNamespace(set, environment);
    return set.objects.map((object): Item => {
      const { group, kind, name } = object.resource;
      const own = textAt(object.value, 'metadata', 'namespace') ?? '';
      return { object, value: object.value, set, group, kind, name, namespace: own || namespace };
    });
  });
  const byKind = Map.groupBy(items, kindText);
  const byName = Map.groupBy(items, item => `${kindText(item)} ${item.name}`);
  return {
    items,
    ...(environment && { environment }),
    isWhole:
      environment !== undefined && environment.unresolved.length === 0 && sets.every(isComplete),
    ofKind: kind => byKind.get(kind) ?? [],
    named: (kind, name) => byName.get(`${kind} ${name}`) ?? [],
  };
}

function isComplete({ failure, uncertain = [], source }: RenderedSet): boolean {
  return failure === undefined && uncertain.length === 0 && source?.kind !== 'unresolved';
}

/** Flux and Argo CD say where objects go that do not say it themselves; who runs kubectl or Helm chooses. */
function defaultNamespace(set: RenderedSet, environment: Environment | undefined): string {
  if (environment?.engine !== 'flux' && environment?.engine !== 'argocd') return '';
  const application = environment.applications.find(({ name }) => name === set.application);
  return application?.namespace ?? environment.namespace;
}

/** False only where both namespaces are known and differ. */
export function mayShareNamespace(a: Pick<Item, 'namespace'>, b: Pick<Item, 'namespace'>): boolean {
  return a.namespace === b.namespace || a.namespace === '' || b.namespace === '';
}

/** True where two objects surely come into one namespace: it is known, or one render makes both. */
export function sharesNamespace(a: Item, b: Item): boolean {
  if (a.namespace !== b.namespace) return false;
  return a.namespace !== '' || a.set === b.set;
}

/** `Service shop/web`, for sentences. */
export function nameOf({ object }: Item): string {
  return resourceText(object.resource);
}
