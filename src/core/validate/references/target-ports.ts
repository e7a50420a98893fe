import { objectAt, textAt } from '../../model/fields.ts';
import { nearestName } from '../../schemas/nearest.ts';
import type { Scope } from '../across.ts';
import { isPlaceholder } from '../placeholders.ts';
import { type Item, mayShareNamespace, nameOf, sharesNamespace, type World } from '../world.ts';
import { meets } from './labels.ts';
import { objectsWithPlace, podsIn, portNames } from './pods.ts';
import { report } from './report.ts';
import { selectorOf } from './selectors.ts';

/** Reports a Service's `targetPort` by a name that no container of the selected pods has. */
export function checkTargetPorts(scope: Scope, world: World, item: Item): void {
  if (item.group !== '' || item.kind !== 'Service') return;
  const requirements = selectorOf(item)?.requirements ?? [];
  if (requirements.length === 0) return;
  const named = objectsWithPlace(objectAt(item.value, 'spec'), 'ports').flatMap(
    ({ value, index }) => {
      const port = textAt(value, 'targetPort');
      const isName = port !== undefined && !/^\d*$/.test(port) && !isPlaceholder(port);
      return isName ? [{ port, index }] : [];
    },
  );
  if (named.length === 0) return;
  const selected = podsIn(world).filter(
    pods => mayShareNamespace(pods.item, item) && meets(pods.labels, requirements),
  );
  const [first] = selected.filter(pods => sharesNamespace(pods.item, item));
  const names = selected.map(portNames);
  if (!first || names.includes(undefined)) return;
  const known = [...new Set(names.flatMap(each => each ?? []))];
  for (const { port, index } of named) {
    if (known.includes(port)) continue;
    const near = nearestName(port, known) ?? (known.length === 1 ? known[0] : undefined);
    report(scope, {
      item,
      pointer: ['spec', 'ports', index, 'targetPort'],
      rule: 'unknown-port',
      severity: 'warning',
      message: `The pods that Service ${item.name} selects have no port named ${port}${known.length === 0 ? ', nor any other named port' : ''}`,
      ...(near !== undefined && { near }),
      related: {
        item: first.item,
        pointer: [...first.pointer, 'containers'],
        message: `The containers of ${nameOf(first.item)}.`,
      },
    });
  }
}
