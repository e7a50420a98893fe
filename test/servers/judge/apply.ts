import type { OwnerProfile } from '../../../src/core/model/drift.ts';
import { isObject, type JsonObject } from '../../../src/core/model/resource.ts';
import type {
  ApplyVerdict,
  ClientPatch,
  Judge,
  JudgeOptions,
} from '../../../src/core/upstream/judge.ts';
import type { ControlPlane } from '../start.ts';
import { askOn } from './server.ts';

export const applying = 'application/apply-patch+yaml';

export interface Compared {
  /** Undefined where something else than the apply decided: admission, or a controller meanwhile. */
  outcome: 'accepted' | 'refused' | 'different' | undefined;
  /** What is needed to understand a difference. */
  context: object;
}

export interface Pair {
  /** The object's address on the server. */
  path: string;
  desired: JsonObject;
  profile: OwnerProfile;
  previous?: JsonObject;
}

/** Asks the server to dry-run the next apply, and the judge what it would make, field by field. */
export async function compareApply(
  plane: ControlPlane,
  judge: Judge,
  { path, desired, profile, previous }: Pair,
  options: JudgeOptions = {},
): Promise<Compared> {
  const live = (await askOn(plane, 'GET', path)).body;
  const asked = { ...profile, live, desired, wantPredicted: true, wantPatch: true };
  const [verdict] = await judge.apply([previous ? { ...asked, previous } : asked], options);
  if (!verdict) throw new Error('no answer');
  const server = await dryRun(plane, path, desired, profile.manager, verdict.patch);
  const after = (await askOn(plane, 'GET', path)).body;
  const says = server.code < 300 ? server.body : server.body.message;
  const context = { profile, desired, live, previous, says, verdict };
  const raced = versionOf(live) !== versionOf(after);
  // Where no patch can be made, the client fails, too, and sends nothing.
  const unsent = profile.mode.startsWith('csa') && verdict.patch === undefined;
  if (raced || unsent || server.code === 403 || server.code === 409)
    return { outcome: undefined, context };
  return { outcome: agreement(verdict, server), context };
}

function dryRun(
  plane: ControlPlane,
  path: string,
  desired: JsonObject,
  manager: string,
  patch: ClientPatch | undefined,
) {
  // kubectl asks for it, Argo CD and Helm do not.
  const strict = manager.startsWith('kubectl') ? '&fieldValidation=Strict' : '';
  const query = `fieldManager=${manager}&dryRun=All${strict}`;
  return patch
    ? askOn(plane, 'PATCH', `${path}?${query}`, patch.body, patch.contentType)
    : askOn(plane, 'PATCH', `${path}?${query}&force=true`, desired, applying);
}

function agreement(verdict: ApplyVerdict, server: { code: number; body: JsonObject }) {
  const refused = server.code >= 300;
  // The server cannot read what it stores itself; that says nothing about the manifest.
  if (refused && verdict.unchecked === 'the live object does not fit its schema') return 'refused';
  if (verdict.unchecked !== undefined) return 'different';
  if (refused !== (verdict.refused !== undefined)) return 'different';
  if (refused) return 'refused';
  return comparable(verdict.predicted ?? {}) === comparable(server.body) ? 'accepted' : 'different';
}

function versionOf({ metadata }: JsonObject): unknown {
  return isObject(metadata) ? metadata.resourceVersion : undefined;
}

/** JSON with sorted keys, and without what a dry-run does not keep. */
export function comparable(object: JsonObject): string {
  const { managedFields: _, ...metadata } = isObject(object.metadata) ? object.metadata : {};
  return JSON.stringify(sorted({ ...object, metadata }));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a person would have written of an object that was read. */
export function withoutServerFields({ status, metadata, ...object }: JsonObject): JsonObject {
  const { name, namespace, labels, annotations } = isObject(metadata) ? metadata : {};
  const kept = { ...object, metadata: { name, namespace, labels, annotations } };
  return JSON.parse(JSON.stringify(kept));
}
