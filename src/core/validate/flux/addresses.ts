import { textAt } from '../../model/fields.ts';
import type { EngineObject } from '../engine-object.ts';
import { isPlaceholder } from '../placeholders.ts';
import type { Violation } from '../violation.ts';

/** What the type of a HelmRepository asks of its address (source-controller, helmrepository_controller). */
export function checkAddress({ object, resource }: EngineObject): Violation[] {
  if (resource.kind !== 'HelmRepository') return [];
  const url = textAt(object, 'spec', 'url') ?? '';
  const type = textAt(object, 'spec', 'type') ?? 'default';
  if (url === '' || isPlaceholder(url)) return [];
  const isRegistry = url.startsWith('oci://');
  const violation: Omit<Violation, 'message'> = {
    rule: 'flux-address',
    severity: 'error',
    pointer: ['spec', 'url'],
    on: 'value',
  };
  if (type === 'oci' && !isRegistry)
    return [
      { ...violation, message: 'The url of a HelmRepository of type oci begins with oci://.' },
    ];
  if (type === 'default' && isRegistry)
    return [
      {
        ...violation,
        message: 'A registry (oci://) takes type: oci; this HelmRepository is of type default.',
      },
    ];
  return [];
}
