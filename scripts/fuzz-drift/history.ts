import { setTimeout as wait } from 'node:timers/promises';
import type { OwnerProfile } from '../../src/core/model/drift.ts';
import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';
import { chance, weighted } from './chance.ts';
import { asHelmSends } from './helm-object.ts';
import { mutated } from './mutate.ts';
import { partOf } from './part.ts';
import type { Answer, PatchType, Server } from './server.ts';
import { isClientSide, type Trial, typeIn } from './trial.ts';

const strangers = [
  'kubectl-edit',
  'kubectl',
  'kubectl-client-side-apply',
  'kube-controller-manager',
  'sidecar-injector',
  'before-first-apply',
];
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** What came of it: the object as it lives, and what the owner applied last. */
export interface History {
  live: JsonObject;
  applied: JsonObject;
  /** Managers of the live object. */
  managers: number;
}

/**
 * Makes an object live: the owner and up to four others apply, patch, replace and scale it. Undefined when the
 * server refuses even the whole manifest. Requests of others that are refused are left out.
 */
export async function makeLive(server: Server, trial: Trial): Promise<History | undefined> {
  const { random } = trial;
  const created = await create(server, trial);
  if (!created) return undefined;
  let { applied } = created;
  for (
    let steps = weighted(random, [
      [3, 0],
      [4, 1],
      [3, 2],
      [2, 3],
      [1, 4],
    ]);
    steps > 0;
    steps--
  ) {
    if (!isClientSide(trial) && chance(random, 0.25))
      applied = await applyAgain(server, trial, applied);
    else await disturb(server, trial);
  }
  if (chance(random, 0.04))
    await server.patch(trial.path, 'merge', { metadata: { managedFields: [{}] } });
  const { code, body } = await settled(server, trial);
  if (code !== 200) return undefined;
  const entries = (body.metadata as JsonObject).managedFields;
  return { live: body, applied, managers: Array.isArray(entries) ? entries.length : 0 };
}

/** Kinds whose status the API server writes itself, a moment after each change. */
const withOwnStatus = new Set(['APIService', 'CustomResourceDefinition']);

/** The object as it lives when the server is done with it. */
async function settled(server: Server, trial: Trial): Promise<Answer> {
  let answer = await server.get(trial.path);
  for (let attempt = 0; attempt < 30 && withOwnStatus.has(trial.subject.kind); attempt++) {
    await wait(100);
    const before = answer;
    answer = await server.get(trial.path);
    const isJudged = isObject(answer.body.status) && 'conditions' in answer.body.status;
    if (isJudged && JSON.stringify(before.body) === JSON.stringify(answer.body)) break;
  }
  return answer;
}

async function create(server: Server, trial: Trial): Promise<{ applied: JsonObject } | undefined> {
  const { random, rich } = trial;
  const share = random.pick([0.2, 0.5, 0.8, 1]);
  for (const part of [partOf(rich, typeIn(trial), random, share) as JsonObject, rich]) {
    const answer = await createAs(server, trial, part);
    if (answer.code >= 300) continue;
    if (isClientSide(trial) || chance(random, 0.9)) return { applied: part };
    return { applied: await applyAgain(server, trial, part) };
  }
  return undefined;
}

/** By the owner's own way, or by somebody who made it before the owner came. */
function createAs(server: Server, trial: Trial, object: JsonObject): Promise<Answer> {
  const { random, profile, path, collection } = trial;
  if (profile.mode === 'csa') {
    const query = `?fieldManager=${profile.manager}`;
    return server.post(collection + query, chance(random, 0.9) ? annotated(object) : object);
  }
  if (profile.mode === 'csa3')
    return server.post(`${collection}?fieldManager=${profile.manager}`, asHelmSends(object));
  if (chance(random, 0.75)) return server.patch(applyAs(path, profile), 'apply', object);
  const manager = random.pick(['kubectl-create', 'kubectl-client-side-apply', profile.manager]);
  const written = manager.endsWith('apply') ? annotated(object) : object;
  return server.post(`${collection}?fieldManager=${manager}`, written);
}

export function applyAs(path: string, { manager }: OwnerProfile, query = ''): string {
  return `${path}?fieldManager=${manager}&force=true${query}`;
}

/** As `kubectl apply` writes it: with the manifest itself as an annotation. */
export function annotated(object: JsonObject): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
  const note = JSON.stringify({ ...object, metadata: { annotations, ...metadata } });
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...annotations, [lastApplied]: note } },
  };
}

/** The owner applies another manifest; the one before stays where the server refuses. */
async function applyAgain(server: Server, trial: Trial, before: JsonObject): Promise<JsonObject> {
  const { random, profile, rich, path } = trial;
  const type = typeIn(trial);
  const next = chance(random, 0.5)
    ? (partOf(rich, type, random, random.next()) as JsonObject)
    : mutated(before, type, { random, count: 1, model: rich });
  const answer = await server.patch(applyAs(path, profile), 'apply', next);
  return answer.code < 300 ? next : before;
}

/** Somebody else changes the object. */
async function disturb(server: Server, trial: Trial): Promise<void> {
  const { random, subject } = trial;
  const { status, scale } = subject.subresources;
  const manager = chance(random, 0.1) ? trial.profile.manager : random.pick(strangers);
  const how = weighted<() => Promise<unknown>>(random, [
    [4, () => applyOther(server, trial, manager)],
    [2, () => patchWith(server, trial, manager, 'merge')],
    [trial.custom ? 0 : 2, () => patchWith(server, trial, manager, 'strategic')],
    [2, () => replace(server, trial, manager)],
    [2, () => patchFields(server, trial, manager)],
    [status ? 1 : 0, () => patchStatus(server, trial, manager)],
    [scale ? 1.5 : 0, () => setScale(server, trial, manager)],
  ]);
  await how();
}

/** A part of the rich manifest in some version, changed here and there. */
function otherPart(trial: Trial, count: number): { object: JsonObject; apiVersion: string } {
  const { random } = trial;
  const apiVersion = chance(random, 0.7)
    ? trial.apiVersion
    : random.pick(trial.subject.apiVersions);
  const type = trial.subject.types.get(apiVersion) ?? typeIn(trial);
  const rich = apiVersion === trial.apiVersion ? trial.rich : trial.richIn(apiVersion);
  const part = partOf(rich, type, random, random.pick([0.1, 0.3, 0.7])) as JsonObject;
  return { object: mutated(part, type, { random, count, model: rich }), apiVersion };
}

async function applyOther(server: Server, trial: Trial, manager: string): Promise<void> {
  const { object, apiVersion } = otherPart(trial, trial.random.below(3));
  const path = trial.pathIn(apiVersion);
  await server.patch(`${path}?fieldManager=${manager}&force=true`, 'apply', object);
}

async function patchWith(
  server: Server,
  trial: Trial,
  manager: string,
  type: PatchType,
): Promise<void> {
  const { object, apiVersion } = otherPart(trial, 1);
  const path = `${trial.pathIn(apiVersion)}?fieldManager=${manager}`;
  const { apiVersion: _, kind: __, ...patch } = object;
  await server.patch(path, type, patch);
}

async function replace(server: Server, trial: Trial, manager: string): Promise<void> {
  const { random, path, rich } = trial;
  const { code, body } = await server.get(path);
  if (code !== 200) return;
  const count = 1 + random.below(2);
  const next = mutated(body, typeIn(trial), { random, count, model: rich });
  await server.put(`${path}?fieldManager=${manager}`, next);
}

/** A JSON patch of single fields: such as `kubectl set image`, or an injector's. */
async function patchFields(server: Server, trial: Trial, manager: string): Promise<void> {
  const { random, path, rich } = trial;
  const { code, body } = await server.get(path);
  if (code !== 200) return;
  const next = mutated(body, typeIn(trial), { random, count: 1, model: rich });
  const patch = operations(body, next, '');
  if (patch.length > 0) await server.patch(`${path}?fieldManager=${manager}`, 'json', patch);
}

function operations(before: Json, after: Json, pointer: string): JsonObject[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isObject(before) || !isObject(after))
    return [{ op: 'replace', path: pointer, value: after }];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap(key => {
    const path = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!Object.hasOwn(after, key)) return [{ op: 'remove', path }];
    if (!Object.hasOwn(before, key)) return [{ op: 'add', path, value: after[key] as Json }];
    return operations(before[key] as Json, after[key] as Json, path);
  });
}

async function patchStatus(server: Server, trial: Trial, manager: string): Promise<void> {
  const { random } = trial;
  const status: JsonObject = random.pick<JsonObject>([
    { observedGeneration: 1 },
    { replicas: 1 },
    { phase: 'Active' },
    {
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'Fine',
          message: '',
          lastTransitionTime: '2026-01-01T00:00:00Z',
        },
      ],
    },
  ]);
  await server.patch(`${trial.path}/status?fieldManager=${manager}`, 'merge', { status });
}

async function setScale(server: Server, trial: Trial, manager: string): Promise<void> {
  const replicas = trial.random.below(5);
  await server.patch(`${trial.path}/scale?fieldManager=${manager}`, 'merge', {
    spec: { replicas },
  });
}
