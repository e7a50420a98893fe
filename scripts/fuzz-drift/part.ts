import { listMerge } from '../../src/core/drift/typed-path.ts';
import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';
import type { FieldType } from '../../src/core/schemas/type.ts';
import type { Random } from '../lib/random.ts';
import { chance } from './chance.ts';
import { typedChildren } from './values.ts';

/** What validation wants beside what the types require, so that parts of a valid manifest stay valid. */
const needed = new Set(
  'apiVersion kind metadata name namespace spec selector template containers image matchLabels labels restartPolicy clientConfig accessModes capacity nfs resources requests type ports port rules roleRef subjects names versions schema openAPIV3Schema storage served scope group matchConstraints resourceRules apiGroups operations devices exactly deviceClassName pool mutations patchType applyConfiguration expression limited limitResponse queuing reportingController reportingInstance eventTime action reason sideEffects admissionReviewVersions request usages signerName involvedObject regarding key operator values value externalName clusterIP provisioner handler driver handlerName scaleTargetRef reportingComponent configMap properties items x-kubernetes-list-type x-kubernetes-list-map-keys x-kubernetes-preserve-unknown-fields source attacher topologyKey whenUnsatisfiable maxSkew volumes volumeMounts protocol addresses ip path backend schedule jobTemplate'.split(
    ' ',
  ),
);

/** A part of a value that keeps what is needed, and a share of the rest; members of lists keep their keys. */
export function partOf(
  value: Json,
  type: FieldType,
  random: Random,
  share: number,
  keys: readonly string[] = [],
): Json {
  if (isObject(value) && type.merge !== 'atomic') {
    const part: JsonObject = {};
    for (const child of typedChildren(value, type)) {
      const key = String(child.key);
      const kept = needed.has(key) || keys.includes(key) || type.required?.includes(key) === true;
      if (kept || chance(random, share)) part[key] = partOf(child.value, child.type, random, share);
    }
    return part;
  }
  if (Array.isArray(value) && listMerge(type) !== 'atomic')
    return typedChildren(value, type)
      .filter(({ key }) => key === 0 || chance(random, Math.max(share, 0.5)))
      .map(child => partOf(child.value, child.type, random, share, type.keys));
  return value;
}
