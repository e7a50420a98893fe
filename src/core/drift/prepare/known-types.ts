import { isObject, type Json, type JsonObject, type Resource } from '../../model/resource.ts';
import { own } from '../values.ts';
import { sameMeaning } from '../verdict/equivalent.ts';

/** One of Argo CD's `knownTypeFields`: a field of a custom resource that has a type of Kubernetes. */
export interface KnownTypeField {
  /** `spec.template.spec`; a list on the way means each of its items. */
  field: string;
  /** `core/Quantity`, `meta/v1/Duration`, `core/v1/PodSpec`, … */
  type: string;
}

/** What Argo CD knows without being told. */
export function usualKnownTypes({ group, kind }: Resource): KnownTypeField[] {
  return group === 'argoproj.io' && kind === 'Rollout'
    ? [{ field: 'spec.template.spec', type: 'core/v1/PodSpec' }]
    : [];
}

/**
 * The manifest with live's spelling of the amounts that Argo CD knows to be some: it reads and writes both sides
 * by Kubernetes' own types, so that `1000m` is no other than `1`.
 */
export function withKnownSpelling(
  desired: JsonObject,
  live: JsonObject,
  known: readonly KnownTypeField[],
): JsonObject {
  return known.reduce<JsonObject>((object, { field, type }) => {
    const isAmount = amounts[type] ?? withinPod;
    const spelled = spelledAs(object, live, field.split('.'), isAmount, []);
    return isObject(spelled) ? spelled : object;
  }, desired);
}

type IsAmount = (below: readonly string[]) => boolean;

const amounts: Record<string, IsAmount> = {
  'core/Quantity': below => below.length === 0,
  'meta/v1/Duration': below => below.length === 0,
  'core/v1/ResourceList': below => below.length === 1,
  'core/v1/ResourceRequirements': below => below.length === 2,
};

/** Where containers, pods and volumes hold amounts. */
const withinPod: IsAmount = below => {
  const resources = below.lastIndexOf('resources');
  const isResource = resources >= 0 && ['limits', 'requests'].includes(below[resources + 1] ?? '');
  return isResource || ['sizeLimit', 'divisor', 'storage'].includes(below.at(-1) ?? '');
};

function spelledAs(
  desired: Json,
  live: Json | undefined,
  field: readonly string[],
  isAmount: IsAmount,
  below: readonly string[],
): Json {
  if (Array.isArray(desired)) {
    const items = Array.isArray(live) ? live : [];
    return desired.map((item, index) => spelledAs(item, items[index], field, isAmount, below));
  }
  if (isObject(desired)) {
    const [wanted] = field;
    const changed = Object.entries(desired).map(([key, value]): [string, Json] => {
      if (wanted !== undefined && key !== wanted) return [key, value];
      const path = wanted === undefined ? [...below, key] : below;
      return [key, spelledAs(value, own(live, key), field.slice(1), isAmount, path)];
    });
    return Object.fromEntries(changed);
  }
  const means = field.length === 0 && isAmount(below) && sameMeaning(desired, live);
  return means && live !== undefined ? live : desired;
}
