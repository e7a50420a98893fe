import { sentence } from '../../lib/sentence.ts';
import { textAt } from '../../model/fields.ts';
import { type JsonObject, resourceText } from '../../model/resource.ts';
import type { Engine, EngineTarget, EngineVerb, Outcome, Progress } from '../engine.ts';
import { EngineFailure, type Held, readObject } from '../target.ts';
import { fluxDelay, followedSource } from './followed.ts';
import { follow, newToken, patch, requestPatch } from './request.ts';
import { sourcesOf } from './sources.ts';
import { fluxStatus, isBeingDeleted, isSuspended, readableRevision, standingOf } from './status.ts';

/** Flux' Kustomizations and HelmReleases, controlled through their objects only (drift.md 6.2). */
export const flux: Engine = {
  id: 'flux',
  can: new Set(['sync', 'suspend', 'resume', 'refresh']),
  status: (_, controller) => fluxStatus(controller),
  follows: followedSource,
  delays: fluxDelay,
  refuses,
  async run(verb, target, progress) {
    try {
      return await start(verb, target, progress);
    } catch (error) {
      if (!(error instanceof EngineFailure)) throw error;
      return { kind: 'failed', message: error.message };
    }
  },
};

async function refuses(verb: EngineVerb, target: EngineTarget): Promise<string | undefined> {
  const held = await readController(target);
  if ('reason' in held) return held.reason;
  const name = resourceText(held.resource);
  const suspended = isSuspended(held.object);
  if (isBeingDeleted(held.object)) return `${name} is being deleted.`;
  if (verb === 'sync' && suspended) return `${name} is suspended: resume it first.`;
  if (verb === 'suspend' && suspended) return `${name} is suspended already.`;
  if (verb === 'resume' && !suspended) return `${name} is not suspended.`;
  const fetches = verb === 'sync' || verb === 'refresh';
  const sources = fetches ? await sourcesOf(target, held) : [];
  if ('reason' in sources) return sources.reason;
  const paused = sources.find(({ object }) => isSuspended(object));
  if (paused) return `Its source ${resourceText(paused.resource)} is suspended: resume it first.`;
  return forbidden(target, verb === 'refresh' ? sources : [held, ...sources]);
}

/** Why one of the objects must not be written; each is asked by a dry-run that changes nothing. */
async function forbidden(target: EngineTarget, written: Held[]): Promise<string | undefined> {
  try {
    for (const held of written) await patch(target, held, {}, true);
    return undefined;
  } catch (error) {
    if (error instanceof EngineFailure) return error.message;
    throw error;
  }
}

async function start(verb: EngineVerb, target: EngineTarget, progress: Progress): Promise<Outcome> {
  const held = await readController(target);
  if ('reason' in held) throw new EngineFailure(held.reason);
  const name = resourceText(held.resource);
  switch (verb) {
    case 'sync':
      return sync(target, held, progress);
    case 'refresh': {
      const revision = await fetchSources(target, held, progress);
      return succeeded(
        `${name}: ${revision ? `fetched ${readableRevision(revision)}` : 'fetched'}.`,
      );
    }
    case 'suspend':
      await patch(target, held, { spec: { suspend: true } });
      return succeeded(`${name} is suspended.`);
    case 'resume': {
      const token = newToken();
      // Removed, not set to false: what the repository says counts again.
      await patch(target, held, { ...requestPatch(token), spec: { suspend: null } });
      progress(`${idOf(held)}: resumed, reconciling`);
      return reconciled(await follow(target, held, { token }));
    }
    case 'terminate':
      throw new EngineFailure(`${name} cannot be told to stop.`);
  }
}

/** Reconciles with the source: nothing older than what the repository's remote holds now is applied. */
async function sync(target: EngineTarget, held: Held, progress: Progress): Promise<Outcome> {
  const revision = await fetchSources(target, held, progress);
  const force = needsForce(target, held);
  const token = newToken();
  await patch(target, held, requestPatch(token, { force }));
  const what = revision === undefined ? '' : ` ${readableRevision(revision)}`;
  progress(`${idOf(held)}: ${force ? 'upgrading to' : 'applying'}${what || ' what it has'}`);
  return reconciled(
    await follow(target, held, { token, force, isDone: now => hasNewest(target, held, now) }),
  );
}

/**
 * Fetches each source anew and answers the revision of the last one. A source that cannot be fetched is a
 * failure: what would be applied is not what the repository holds.
 */
async function fetchSources(
  target: EngineTarget,
  held: Held,
  progress: Progress,
): Promise<string | undefined> {
  const sources = await sourcesOf(target, held);
  if ('reason' in sources) throw new EngineFailure(sources.reason);
  let revision: string | undefined;
  for (const source of sources) {
    const token = newToken();
    await patch(target, source, requestPatch(token));
    progress(`${idOf(held)}: fetching ${resourceText(source.resource)}`);
    revision = artifactOf(await follow(target, source, { token }));
  }
  return revision;
}

/**
 * Helm looks at what runs only where drift detection is on; without it a release that differs is brought back
 * by an upgrade that is forced.
 */
function needsForce({ objects }: EngineTarget, { object, resource }: Held): boolean {
  if (resource.kind !== 'HelmRelease') return false;
  const corrects = textAt(object, 'spec', 'driftDetection', 'mode') === 'enabled';
  return !corrects && objects.some(({ state }) => state === 'drifted' || state === 'missing');
}

/** False while the source has a revision that was not attempted yet. */
async function hasNewest(target: EngineTarget, held: Held, now: JsonObject): Promise<boolean> {
  const sources = await sourcesOf(target, { ...held, object: now });
  const source = 'reason' in sources ? undefined : sources.at(-1);
  const isChart = source?.resource.kind === 'HelmChart';
  // What a HelmRelease made of an OCI artifact calls its revision is not what the artifact is called.
  if (!source || (held.resource.kind === 'HelmRelease' && !isChart)) return true;
  const attempted =
    textAt(now, 'status', 'lastAppliedRevision') ?? textAt(now, 'status', 'lastAttemptedRevision');
  return attempted === artifactOf(source.object);
}

function artifactOf(source: JsonObject): string | undefined {
  return textAt(source, 'status', 'artifact', 'revision');
}

function reconciled(object: JsonObject): Outcome {
  const { revision } = fluxStatus(object);
  return succeeded(standingOf(object).message, revision);
}

function succeeded(message: string, revision?: string): Outcome {
  return {
    kind: 'succeeded',
    message: sentence(message),
    ...(revision === undefined ? {} : { revision }),
  };
}

async function readController(target: EngineTarget): Promise<Held | { reason: string }> {
  const { controller, name } = target.application;
  if (!controller) return { reason: `No object of Flux deploys ${name}.` };
  return readObject(target, controller);
}

function idOf({ resource }: Held): string {
  return `${resource.namespace}/${resource.name}`;
}
