import { writeManifests } from '../manifests/write.ts';
import type { DriftResult } from '../model/drift.ts';
import { secretValues } from '../model/environment.ts';
import { parsePath, resolveSteps, type Step } from '../model/path.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import { isHiddenField, maskedObject } from '../words/masked-object.ts';
import { inReadingOrder } from '../words/reading-order.ts';
import { masked } from '../words/values.ts';
import type { ComparedObject } from './compared.ts';

export interface ComparedTexts {
  desired: string;
  live: string;
  /** Why a side is empty or only a part. */
  reason?: string;
}

/**
 * An object as the repository renders it and as it runs, as YAML. The live side has what the repository declares
 * and what differs: what the server fills in and what others own would hide the few lines that matter. Values of
 * Secrets are masked on both sides.
 */
export function comparedTexts(compared: ComparedObject): ComparedTexts {
  const { result, about } = compared;
  const { live } = about;
  const desired = about.declared?.object.value;
  const { reason, state } = result;
  const isHidden = hiddenIn(compared);
  // Masked before anything is made of them, so that nothing can slip through.
  const runs = live && maskedObject(withoutNoise(live), isHidden, `${masked} (changed)`);
  if (desired === undefined) {
    const why = reason ?? 'No manifest declares it any more.';
    return { desired: '', live: runs ? yamlOf(runs) : '', reason: why };
  }
  const declared = maskedObject(desired, isHidden, masked);
  if (runs === undefined) {
    const unknown = state === 'missing' ? undefined : 'What runs is not known.';
    return { desired: yamlOf(declared), live: '', reason: reason ?? unknown };
  }
  return { desired: yamlOf(declared), live: yamlOf(asLive(declared, result, runs)), reason };
}

/** What must not be read of an object: what a Secret holds, what its values made, and texts that hold one. */
function hiddenIn({ result: { resource }, about: { declared } }: ComparedObject) {
  const hidden = { resource, sensitive: declared?.object.sensitive };
  const secrets = declared ? secretValues(declared.application.source) : [];
  return (path: string, value: Json): boolean =>
    isHiddenField(hidden, path) || secrets.some(secret => String(value).includes(secret));
}

/** The manifest with what runs at the paths that differ. */
function asLive(desired: JsonObject, { paths }: DriftResult, live: JsonObject): JsonObject {
  const copy = structuredClone(desired);
  for (const { path, secret } of paths) {
    const steps = parsePath(path);
    const there = resolveSteps(live, steps);
    const value = secret ? `${masked} (changed)` : there.value;
    set(copy, asWritten(desired, steps), there.complete ? value : undefined);
  }
  return copy;
}

/** A Secret's `data` may be written as `stringData`. */
function asWritten(desired: JsonObject, steps: readonly Step[]): readonly Step[] {
  const [first, key] = steps;
  const { kind, stringData } = desired;
  const inText = kind === 'Secret' && first === 'data' && isObject(stringData);
  return inText && typeof key === 'string' && key in stringData ? ['stringData', key] : steps;
}

function set(root: JsonObject, steps: readonly Step[], value: Json | undefined): void {
  const last = steps.at(-1);
  if (last === undefined) return;
  const parent = parentOf(root, steps.slice(0, -1));
  if (Array.isArray(parent)) setItem(parent, last, value);
  else if (!isObject(parent) || typeof last !== 'string') return;
  else if (value === undefined) delete parent[last];
  else parent[last] = value;
}

function setItem(list: Json[], step: Step, value: Json | undefined): void {
  const found = resolveSteps(list, [step]);
  const index = found.complete ? Number(found.pointer[0]) : list.length;
  if (value !== undefined) list[index] = value;
  else if (found.complete) list.splice(index, 1);
}

/** The map or list that holds the last step; maps on the way are made where they are missing. */
function parentOf(root: JsonObject, steps: readonly Step[]): Json | undefined {
  let value: Json = root;
  for (const step of steps) {
    const next = resolveSteps(value, [step]);
    if (next.complete) value = next.value;
    else if (typeof step === 'string' && isObject(value)) {
      const made: JsonObject = {};
      value[step] = made;
      value = made;
    } else return undefined;
  }
  return value;
}

const serverFields = [
  'managedFields',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'selfLink',
];

function withoutNoise(live: JsonObject): JsonObject {
  const { status: _, metadata, ...rest } = structuredClone(live);
  if (!isObject(metadata)) return rest;
  for (const field of serverFields) delete metadata[field];
  const { annotations } = metadata;
  if (isObject(annotations)) {
    delete annotations['kubectl.kubernetes.io/last-applied-configuration'];
    if (Object.keys(annotations).length === 0) delete metadata.annotations;
  }
  return { ...rest, metadata };
}

function yamlOf(object: JsonObject): string {
  return writeManifests([inReadingOrder(object)]).replace(/^---\n/, '');
}
