import type { Across, Scope } from '../across.ts';
import type { RenderedSet } from '../input.ts';
import { createWorld, type Item, type World } from '../world.ts';
import { checkNeed } from './existence.ts';
import { needsOf } from './reference.ts';
import { checkRoute } from './routes.ts';
import { checkSelector } from './selectors.ts';
import { checkTargetPorts } from './target-ports.ts';

/**
 * What objects refer to: other objects, their keys and ports, pods by labels. All objects of an environment are looked
 * at together; what no environment deploys, each render for itself, where only what is there can be wrong.
 */
export const checkReferences: Across = scope => {
  const { only, environments = [] } = scope.checks.input;
  const isWanted = ({ reads }: RenderedSet) => only === undefined || reads.includes(only);
  for (const [name, sets] of scope.sets) {
    if (!sets.some(isWanted)) continue;
    const environment = environments.find(each => each.name === name);
    const worlds =
      name === undefined
        ? sets.filter(set => isWanted(set) && !set.incomplete).map(set => [set])
        : [sets];
    for (const together of worlds) {
      const world = createWorld(together, environment);
      for (const item of world.items) if (isWanted(item.set)) checkItem(scope, world, item);
    }
  }
};

function checkItem(scope: Scope, world: World, item: Item): void {
  for (const need of needsOf(item)) checkNeed(scope, world, item, need);
  checkSelector(scope, world, item);
  checkTargetPorts(scope, world, item);
  checkRoute(scope, world, item);
}
