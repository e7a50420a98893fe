import { objectsAt, textAt, valueAt } from '../../model/fields.ts';
import { parseApiVersion, type Resource, resourceText } from '../../model/resource.ts';
import type { EngineObject } from '../engine-object.ts';
import type { RenderedSet } from '../input.ts';
import { nearIn } from '../near.ts';
import { isPlaceholder } from '../placeholders.ts';
import type { Violation } from '../violation.ts';

/**
 * `healthChecks` of objects that neither the Kustomization nor anything else of its environment makes: Flux waits for
 * them until the timeout. Nothing is said where a chart or an operator may make them.
 */
export function checkHealthChecks({ object, resource, realm }: EngineObject): Violation[] {
  if (resource.kind !== 'Kustomization' || valueAt(object, 'spec', 'wait') === true) return [];
  const application = realm.environment?.applications.find(
    ({ controller }) =>
      controller?.kind === 'Kustomization' &&
      controller.name === resource.name &&
      controller.namespace === resource.namespace,
  );
  const set = application && realm.set(application);
  if (!set || set.failure) return [];
  return objectsAt(object, 'spec', 'healthChecks').flatMap((check, at): Violation[] => {
    const wanted: Resource = {
      ...parseApiVersion(textAt(check, 'apiVersion') ?? ''),
      kind: textAt(check, 'kind') ?? '',
      namespace: textAt(check, 'namespace') ?? '',
      name: textAt(check, 'name') ?? '',
    };
    if (wanted.name === '' || isPlaceholder(JSON.stringify(check))) return [];
    if (realm.find(wanted).length > 0) return [];
    const near = nearIn(wanted.name, namesBeside(set, wanted));
    if (near === undefined && (!realm.complete || mayMakeOthers(set))) return [];
    const hint = near === undefined ? '.' : `; did you mean ${near}?`;
    return [
      {
        rule: 'missing-reference',
        severity: 'warning',
        pointer: ['spec', 'healthChecks', at, 'name'],
        on: 'value',
        message: `No ${resourceText(wanted)} is made by Kustomization ${resource.name}, so its health check fails when the time is over${hint}`,
      },
    ];
  });
}

function namesBeside({ objects }: RenderedSet, { kind, namespace }: Resource): string[] {
  return objects.flatMap(({ resource }) =>
    resource.kind === kind && resource.namespace === namespace ? resource.name : [],
  );
}

/** Releases, children and other custom resources make objects that nobody sees here. */
function mayMakeOthers({ objects, uncertain = [] }: RenderedSet): boolean {
  return (
    uncertain.length > 0 ||
    objects.some(({ resource: { group } }) => group.includes('.') && !/\.k8s\.io$/.test(group))
  );
}
