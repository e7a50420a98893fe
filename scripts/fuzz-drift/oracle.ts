import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equal, own, without } from '../../src/core/drift/values.ts';
import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';
import type { ControlPlane } from '../../test/servers/start.ts';
import { run } from '../lib/run.ts';
import { applyAs, lastApplied } from './history.ts';
import type { Answer, Server } from './server.ts';
import type { Trial } from './trial.ts';

/** What the API server itself says about the next apply. */
export type ServerWord =
  | { says: 'same' | 'drift'; after: JsonObject }
  | { says: 'refused'; code: number; message: string }
  /** Nothing about this pair: why. */
  | { says: 'nothing'; reason: string };

/** The answers to a forced dry-run of each manifest, and what is to be compared with them. */
export async function serverWords(
  server: Server,
  trial: Trial,
  live: JsonObject,
  manifests: readonly JsonObject[],
): Promise<ServerWord[]> {
  const path = applyAs(trial.path, trial.profile, '&dryRun=All&fieldValidation=Strict');
  const ask = async (before: JsonObject) => {
    const words: ServerWord[] = [];
    for (const manifest of manifests)
      words.push(wordOf(live, await server.patch(path, 'apply', manifest), versionOf(before)));
    return words;
  };
  const words =
    trial.profile.mode === 'flux' ? await fluxWords(server, trial, live, ask) : await ask(live);
  const isRefused = words.some(({ says }) => says === 'refused');
  return isRefused && (await refusesAll(server, trial, live))
    ? words.map(word => (word.says === 'refused' ? unfit : word))
    : words;
}

/**
 * As Flux's kustomize-controller applies: a dry-run, which must be accepted; then, where it has something to take
 * over, a patch of the live object, and what the apply makes of it after that.
 */
async function fluxWords(
  server: Server,
  trial: Trial,
  live: JsonObject,
  ask: (before: JsonObject) => Promise<ServerWord[]>,
): Promise<ServerWord[]> {
  const words = await ask(live);
  const patch = migration(live, trial.profile.manager);
  if (patch.length === 0) return words;
  const path = `${trial.path}?fieldManager=${trial.profile.manager}`;
  const answer = await server.patch(path, 'json', patch);
  const isRefused = answer.code >= 300;
  const after = isRefused ? words.map(() => wordOf(live, answer)) : await ask(answer.body);
  return words.map((word, index) =>
    word.says === 'refused' ? word : (after[index] as ServerWord),
  );
}

const unfit: ServerWord = {
  says: 'nothing',
  reason: 'the server refuses every apply to what lives',
};

/** Definitions with several versions let objects in that another version refuses: then nothing is said of a manifest. */
async function refusesAll(server: Server, trial: Trial, live: JsonObject): Promise<boolean> {
  const { name, namespace } = live.metadata as JsonObject;
  const metadata: JsonObject =
    namespace === undefined ? { name: name ?? '' } : { name: name ?? '', namespace };
  const nothing = { apiVersion: live.apiVersion ?? '', kind: live.kind ?? '', metadata };
  const path = `${trial.path}?fieldManager=stranger&dryRun=All`;
  const { code } = await server.patch(path, 'apply', nothing);
  if (code >= 300) return true;
  const labelled = {
    ...nothing,
    metadata: { ...metadata, labels: { 'fuzz.example.com/new': 'x' } },
  };
  return (await server.patch(path, 'apply', labelled)).code >= 300;
}

/** The server answers these by what else there is in the cluster, which no comparison of two objects knows. */
function isAboutTheCluster(code: number, message: string): boolean {
  return code === 403 || code === 409 || /already allocated|not in the valid range/.test(message);
}

/** `version` is the resourceVersion of the object that was asked about. */
export function wordOf(
  live: JsonObject,
  { code, body }: Answer,
  version = versionOf(live),
): ServerWord {
  const message = String(body.message);
  if (code >= 300)
    return isAboutTheCluster(code, message)
      ? { says: 'nothing', reason: `admission answers ${code}` }
      : { says: 'refused', code, message };
  if (versionOf(body) !== version) return { says: 'nothing', reason: 'it changed meanwhile' };
  return { says: equal(compared(live), compared(body)) ? 'same' : 'drift', after: body };
}

function versionOf(object: JsonObject): Json | undefined {
  return own(own(object, 'metadata'), 'resourceVersion');
}

const serverFields = ['managedFields', 'generation', 'resourceVersion', 'creationTimestamp', 'uid'];
const notes = [lastApplied, 'deprecated.daemonset.template.generation'];

/** An object as it is compared (drift.md 3.3). */
export function compared(object: JsonObject, hasStatus = true): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const { annotations, ...rest } = serverFields.reduce(without, metadata);
  const kept = isObject(annotations) ? notes.reduce(without, annotations) : {};
  const whole = Object.keys(kept).length > 0 ? { ...rest, annotations: kept } : rest;
  return withoutNullTimes({
    ...(hasStatus ? without(object, 'status') : object),
    metadata: whole,
  });
}

/** Servers before 1.34 write null where an object inside another, such as a Pod template, has no such time. */
function withoutNullTimes(object: JsonObject): JsonObject {
  const keep = (key: string, value: unknown) =>
    key === 'creationTimestamp' && value === null ? undefined : value;
  return JSON.parse(JSON.stringify(object, keep));
}

/**
 * What Flux's kustomize-controller patches before it applies: what was written with kubectl and before server-side
 * apply joins its own entry. Empty where there is nothing of that.
 */
function migration(live: JsonObject, manager: string): JsonObject[] {
  const metadata = live.metadata as JsonObject;
  const entries = (
    Array.isArray(metadata.managedFields) ? metadata.managedFields : []
  ) as JsonObject[];
  const isOwn = (entry: JsonObject) => entry.manager === manager && entry.operation === 'Apply';
  let mine = entries.find(isOwn);
  const kept: JsonObject[] = [];
  for (const entry of entries) {
    if (isOwn(entry)) continue;
    if (!isTaken(entry, manager)) kept.push(entry);
    else if (!mine) mine = { ...entry, manager, operation: 'Apply' };
    else mine = { ...mine, fieldsV1: union(mine.fieldsV1 ?? {}, entry.fieldsV1 ?? {}) };
  }
  const patch: JsonObject[] = [];
  if (isObject(metadata.annotations) && lastApplied in metadata.annotations)
    patch.push({ op: 'remove', path: `/metadata/annotations/${lastApplied.replace('/', '~1')}` });
  if (mine && kept.length < entries.filter(entry => !isOwn(entry)).length)
    patch.push({ op: 'replace', path: '/metadata/managedFields', value: [...kept, mine] });
  return patch;
}

function isTaken({ manager, operation, subresource }: JsonObject, own: string): boolean {
  if (subresource !== undefined && subresource !== '') return false;
  if (String(manager).startsWith('kubectl')) return true;
  return (
    operation === 'Update' &&
    (String(manager).startsWith('before-first-apply') || String(manager).startsWith(own))
  );
}

/** Two sets of fields as one; a node with nothing below it is a member itself. */
function union(a: Json, b: Json): Json {
  if (!isObject(a) || !isObject(b)) return a;
  if (Object.keys(a).length === 0) return Object.keys(b).length === 0 ? a : { '.': {}, ...b };
  if (Object.keys(b).length === 0) return { '.': {}, ...a };
  const both: JsonObject = { ...a };
  for (const [key, value] of Object.entries(b))
    both[key] = key in both ? union(both[key] as Json, value) : value;
  return both;
}

export interface ClientSide {
  trial: Trial;
  live: JsonObject;
  manifest: JsonObject;
}

/** What `kubectl apply --dry-run=server` says about many objects at once. */
export async function kubectlWords(
  plane: ControlPlane,
  asked: readonly ClientSide[],
): Promise<ServerWord[]> {
  const words = new Map<ClientSide, ServerWord>();
  let left = [...asked];
  for (let round = 0; round < 4 && left.length > 0; round++) {
    const { objects, refused } = await applyAll(plane, left);
    for (const each of left) {
      const name = nameIn(each.manifest);
      const message = refused.get(name);
      const after = objects.get(name);
      if (message !== undefined) {
        const code = /forbidden|exceeded quota/i.test(message) ? 403 : 422;
        words.set(each, wordOf(each.live, { code, body: { message } }));
      } else if (after) words.set(each, wordOf(each.live, { code: 200, body: after }));
    }
    const before = left.length;
    left = left.filter(each => !words.has(each));
    if (left.length === before) break;
  }
  return asked.map(each => words.get(each) ?? { says: 'nothing', reason: 'kubectl says nothing' });
}

/** kubectl prints objects only when none fails, so that failing ones are named and left out next time. */
async function applyAll({ program, adminConfig }: ControlPlane, asked: readonly ClientSide[]) {
  const folder = await mkdtemp(join(tmpdir(), 'driftline-fuzz-'));
  try {
    const file = join(folder, 'all.json');
    const items = asked.map(({ manifest }) => manifest);
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const args = ['apply', '--dry-run=server', '--validate=ignore', '-o', 'json', '-f', file];
    const all = ['kubectl', '--kubeconfig', adminConfig, ...args];
    const { output, error } = await run(program, all);
    const objects = new Map<string, JsonObject>();
    if (output.trim() !== '') {
      const printed = JSON.parse(output) as JsonObject;
      const list = printed.kind === 'List' ? (printed.items as JsonObject[]) : [printed];
      for (const object of list) objects.set(nameIn(object), object);
    }
    return {
      objects,
      refused: refusals(
        error,
        asked.map(({ manifest }) => nameIn(manifest)),
      ),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** By name: what kubectl says of each object that is refused; in the patches that it quotes stand any names. */
function refusals(error: string, names: readonly string[]): Map<string, string> {
  const refused = new Map<string, string>();
  for (const part of error.split(/^(?=Error from server|error: |The )/m)) {
    const [, patched] = /^Name: "([^"]+)"/m.exec(part) ?? [];
    if (patched !== undefined) refused.set(patched, part.slice(-600));
    else
      for (const name of names)
        if (new RegExp(`["/]${name.replaceAll('.', '\\.')}"`).test(part))
          refused.set(name, part.slice(-600));
  }
  return refused;
}

function nameIn(object: JsonObject): string {
  return String((object.metadata as JsonObject).name);
}
