import type { Pointer } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { ContainerAt } from './pod-spec.ts';

// Small helps of the rules of good practice; what they look for is often that something is absent.

/** The field below, or undefined where there is none. */
export function fieldOf(value: Json | undefined, ...steps: string[]): Json | undefined {
  return steps.reduce<Json | undefined>(
    (found, step) => (isObject(found) && Object.hasOwn(found, step) ? found[step] : undefined),
    value,
  );
}

/** The container's own name for sentences. */
export function nameOf({ container, pointer }: ContainerAt): string {
  const { name } = container;
  return typeof name === 'string' ? name : `number ${Number(pointer.at(-1)) + 1}`;
}

/** A field of the container's securityContext, or else of the pod's. */
export function securityOf(
  container: JsonObject,
  spec: JsonObject,
  field: string,
): Json | undefined {
  return fieldOf(container, 'securityContext', field) ?? fieldOf(spec, 'securityContext', field);
}

export function itemsOf(
  list: Json | undefined,
  pointer: Pointer,
): { item: JsonObject; pointer: Pointer }[] {
  return (Array.isArray(list) ? list : []).flatMap((item, index) =>
    isObject(item) ? [{ item, pointer: [...pointer, index] }] : [],
  );
}
