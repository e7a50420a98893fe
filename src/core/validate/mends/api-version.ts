import { apiVersionOf, type GroupVersionKind, type JsonObject } from '../../model/resource.ts';
import type { Schemas } from '../../schemas/type.ts';
import { checkStructure } from '../structure/structural.ts';
import { valueAt } from '../value.ts';
import type { FieldChange } from './change.ts';

/**
 * The change to another apiVersion where that is all that the move needs: the kind stays, the object fits the new type
 * as it is, and it means the same there. `object` may be a patch or base: what is missing is told of the whole.
 */
export function apiVersionChange(
  object: JsonObject,
  to: GroupVersionKind,
  schemas: Schemas,
): FieldChange | undefined {
  if (to.kind !== object.kind || changesMeaning(object)) return undefined;
  const lookup = schemas.lookup(to);
  if (!lookup.found) return undefined;
  const moved = { ...object, apiVersion: apiVersionOf(to) };
  return checkStructure(moved, lookup.kind).length === 0
    ? { kind: 'write', text: apiVersionOf(to) }
    : undefined;
}

/**
 * Moves in which the same fields mean something else, from Kubernetes' guide of deprecated APIs:
 * https://kubernetes.io/docs/reference/using-api/deprecation-guide/
 */
function changesMeaning(object: JsonObject): boolean {
  const { apiVersion, kind } = object;
  switch (`${apiVersion} ${kind}`) {
    // An empty selector selected nothing and selects everything.
    case 'policy/v1beta1 PodDisruptionBudget':
      return isEmpty(object, ['spec', 'selector']);
    // What is not set is another default.
    case 'admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration':
    case 'admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfiguration':
      return true;
    // In the old versions a missing selector stood for the labels of the template, and pods ran by other defaults.
    case 'extensions/v1beta1 DaemonSet':
    case 'extensions/v1beta1 Deployment':
    case 'extensions/v1beta1 ReplicaSet':
    case 'apps/v1beta1 Deployment':
    case 'apps/v1beta1 StatefulSet':
      return isEmpty(object, ['spec', 'selector']);
    // Its signer decided by itself what it signs.
    case 'certificates.k8s.io/v1beta1 CertificateSigningRequest':
      return true;
    default:
      return false;
  }
}

function isEmpty(object: JsonObject, pointer: string[]): boolean {
  const value = valueAt(object, pointer);
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}
