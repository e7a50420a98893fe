import { formatPath, parsePath, resolveSteps, type Step } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { FieldType } from '../../schemas/type.ts';
import type { ApplyChange } from '../../upstream/judge.ts';
import { lastAppliedAnnotation } from '../prepare/last-applied.ts';
import { anyType, fieldType, itemStep, itemType, listMerge, stepText } from '../typed-path.ts';
import { equal, metadataMap, own, without } from '../values.ts';

/**
 * What differs between a live object and the server's answer to a dry-run of its apply. Both are as the
 * server writes them, so that values are compared as they stand (drift.md 3.3).
 */
export function differences(
  { live, desired, type, isOurs }: DifferenceSides,
  answer: JsonObject,
): ApplyChange[] {
  const changes = compare(ownFields(live, desired), ownFields(answer, desired), type, []);
  return changes.map(change => toldBy(change, { desired, isOurs }));
}

export interface DifferenceSides {
  live: JsonObject;
  desired: JsonObject;
  type: FieldType;
  /** True for what the owner applied before, so that it goes when it is not declared any more. */
  isOurs(steps: readonly Step[]): boolean;
}

/**
 * What the manifest does not declare is stale where it was the owner's, and else a side effect of applying: of a
 * webhook, or of what the server works out.
 */
function toldBy(
  change: ApplyChange,
  { desired, isOurs }: Pick<DifferenceSides, 'desired' | 'isOurs'>,
): ApplyChange {
  const steps = parsePath(change.path);
  const found = resolveSteps(desired, steps);
  const declared = found.complete && found.value !== null;
  if (change.kind === 'order') return found.complete ? change : { ...change, consequence: true };
  if (declared) return change;
  const { desired: becomes, ...rest } = change;
  if (change.kind === 'missing') return { ...rest, becomes, consequence: true };
  const told = becomes === undefined ? rest : { ...rest, becomes };
  if (found.complete || isOurs(steps)) return { ...told, kind: 'stale' };
  return { ...told, consequence: true };
}

const serverFields = ['managedFields', 'generation', 'resourceVersion', 'creationTimestamp', 'uid'];

/** Annotations that controllers keep writing; they count only where the manifest declares them. */
const controllersOwn =
  /^(deployment\.kubernetes\.io\/revision|deprecated\.daemonset\.template\.generation|control-plane\.alpha\.kubernetes\.io\/leader|pv\.kubernetes\.io\/.*)$/;

function ownFields(object: JsonObject, desired: JsonObject): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const { annotations, ...kept } = serverFields.reduce(without, metadata);
  const declared = metadataMap(desired, 'annotations');
  const compared = Object.entries(isObject(annotations) ? annotations : {}).filter(
    ([key]) => key !== lastAppliedAnnotation && (key in declared || !controllersOwn.test(key)),
  );
  const whole: JsonObject =
    compared.length > 0 ? { ...kept, annotations: Object.fromEntries(compared) } : kept;
  return { ...without(object, 'status'), metadata: whole };
}

function compare(
  live: Json | undefined,
  after: Json | undefined,
  type: FieldType,
  steps: Step[],
): ApplyChange[] {
  if (equal(live, after)) return [];
  const path = formatPath(steps);
  if (live === undefined) return [{ path, kind: 'missing', desired: after }];
  if (after === undefined) return [{ path, kind: 'stale', live }];
  if (isObject(live) && isObject(after)) {
    const keys = new Set([...Object.keys(live), ...Object.keys(after)]);
    return [...keys]
      .sort()
      .flatMap(key =>
        compare(own(live, key), own(after, key), fieldType(type, key) ?? anyType, [...steps, key]),
      );
  }
  const members =
    Array.isArray(live) && Array.isArray(after)
      ? compareMembers(live, after, type, steps)
      : undefined;
  return members ?? [{ path, kind: 'changed', desired: after, live }];
}

/** Member by member; undefined where the list is one value, or its members cannot be told apart. */
function compareMembers(
  live: Json[],
  after: Json[],
  type: FieldType,
  steps: Step[],
): ApplyChange[] | undefined {
  const was = namedItems(live, type);
  const is = namedItems(after, type);
  if (listMerge(type) === 'atomic' || !was || !is) return undefined;
  const changes = [...new Map([...was, ...is])].flatMap(([name, { step }]) =>
    compare(was.get(name)?.item, is.get(name)?.item, itemType(type), [...steps, step]),
  );
  const before = [...was.keys()].filter(name => is.has(name));
  const now = [...is.keys()].filter(name => was.has(name));
  return equal(before, now) ? changes : [...changes, { path: formatPath(steps), kind: 'order' }];
}

function namedItems(list: Json[], type: FieldType) {
  const items = new Map<string, { step: Step; item: Json }>();
  for (const [index, item] of list.entries()) {
    const step = itemStep(type, item, index);
    if (step === undefined || items.has(stepText(step))) return undefined;
    items.set(stepText(step), { step, item });
  }
  return items;
}
