import { kindText } from '../../links/field.ts';
import type { Scope } from '../across.ts';
import type { Need } from './reference.ts';

const cache = new WeakMap<Scope, Set<string>>();

/**
 * True where the repository has an object of that kind and name that no environment deploys: somebody may do it by
 * hand, or from elsewhere.
 */
export function isOutside(scope: Scope, { kinds, name }: Need): boolean {
  const known = cache.get(scope) ?? outsideOf(scope);
  cache.set(scope, known);
  return kinds.some(kind => known.has(`${kind} ${name}`));
}

function outsideOf({ sets, checks }: Scope): Set<string> {
  const { index } = checks.input;
  const deployed = new Set(
    [...sets].flatMap(([environment, rendered]) =>
      environment === undefined ? [] : rendered.flatMap(({ reads }) => reads),
    ),
  );
  const left = (sets.get(undefined) ?? []).flatMap(({ objects }) =>
    objects.map(({ resource }) => resource),
  );
  const written = index
    .objects()
    .filter(({ file }) => !deployed.has(file))
    .map(({ resource }) => resource);
  return new Set([...left, ...written].map(resource => `${kindText(resource)} ${resource.name}`));
}
