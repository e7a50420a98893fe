import { backoffDelay, sleep } from '../../lib/backoff.ts';
import { isObject, type JsonObject } from '../../model/resource.ts';
import type { ListAnswer, WatchEvent } from '../cluster.ts';
import type { Failure } from './failure.ts';

/** What a watch is made of: a list, and the changes since a resource version. */
export interface WatchSource {
  list(signal: AbortSignal): Promise<ListAnswer>;
  /** Resolves when the server ends the stream, or when it was silent for too long. */
  changes(
    resourceVersion: string,
    onEvent: (event: JsonObject) => void,
    signal: AbortSignal,
  ): Promise<{ ok: true } | Failure>;
}

export interface WatchTiming {
  /** Milliseconds between two connections at least, so that a server that ends at once is not stormed. */
  pause: number;
  /** First and longest wait after a failure. */
  backoff: { base: number; max: number };
}

export const defaultWatchTiming: WatchTiming = {
  pause: 1000,
  backoff: { base: 800, max: 30_000 },
};

/**
 * Keeps a list current until the returned function is called: list, then changes from there, again from
 * the last seen version when a stream ends, and from a new list when that version is gone (410) or
 * something failed. Every `failed` is followed by a `reset` as soon as the server answers again.
 */
export function keepCurrent(
  source: WatchSource,
  listener: (event: WatchEvent) => void,
  timing: WatchTiming = defaultWatchTiming,
): () => void {
  const ended = new AbortController();
  void run(source, listener, timing, ended.signal);
  return () => ended.abort();
}

async function run(
  source: WatchSource,
  listener: (event: WatchEvent) => void,
  timing: WatchTiming,
  signal: AbortSignal,
): Promise<void> {
  let version: string | undefined;
  let failures = 0;
  const tell = (event: WatchEvent) => {
    if (!signal.aborted) listener(event);
  };
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const answer = await source.list(signal);
        if (!answer.ok) throw new Broken(answer.reason);
        tell({ type: 'reset', objects: answer.objects });
        version = answer.resourceVersion;
      }
      const began = Date.now();
      version = await follow(source, version, tell, signal);
      failures = 0;
      await sleep(timing.pause - (Date.now() - began), signal);
    } catch (error) {
      if (signal.aborted) return;
      tell({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
      version = undefined;
      await sleep(backoffDelay(failures++, timing.backoff), signal);
    }
  }
}

class Broken extends Error {}

/** Follows one stream; answers the version to go on from, or undefined when a new list is needed. */
async function follow(
  source: WatchSource,
  from: string,
  tell: (event: WatchEvent) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  let version: string | undefined = from;
  let refused: string | undefined;
  const onEvent = (event: JsonObject) => {
    const { type, object } = event;
    if (!isObject(object)) return;
    if (type === 'ERROR') {
      // 410: the version is older than what the server remembers.
      if (object.code !== 410) refused = String(object.message ?? 'the server ended the watch');
      version = undefined;
      return;
    }
    const seen = isObject(object.metadata) ? object.metadata.resourceVersion : undefined;
    if (typeof seen === 'string' && version !== undefined) version = seen;
    if (type === 'ADDED') tell({ type: 'added', object });
    else if (type === 'MODIFIED') tell({ type: 'modified', object });
    else if (type === 'DELETED') tell({ type: 'deleted', object });
  };
  const end = await source.changes(from, onEvent, signal);
  if (refused !== undefined) throw new Broken(refused);
  if (end.ok) return version;
  if (end.status === 410) return undefined;
  throw new Broken(end.reason);
}
