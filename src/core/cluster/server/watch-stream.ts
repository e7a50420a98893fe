import { isObject, type Json } from '../../model/resource.ts';
import type { WatchEvent } from '../cluster.ts';
import type { Failure } from './failure.ts';

/** The lines of one watch as events, and how far they came. */
export class WatchStream {
  /** What to go on from. */
  version: string;
  /** What the server said against going on (an `ERROR` event; 410 when it forgot the version). */
  refusal: Failure | undefined;
  readonly #from: string;
  readonly #tell: (event: WatchEvent) => void;

  constructor(from: string, tell: (event: WatchEvent) => void) {
    this.version = from;
    this.#from = from;
    this.#tell = tell;
  }

  /** Throws a SyntaxError for a line that was cut, or is no event: what stands before it counts. */
  take(line: string): void {
    const event = JSON.parse(line) as Json;
    if (!isObject(event) || !isObject(event.object)) throw new SyntaxError('this is no event');
    if (this.refusal) return;
    const { type, object } = event;
    if (type === 'ERROR') {
      this.refusal = refusalOf(Number(object.code), String(object.message ?? ''));
      return;
    }
    const seen = isObject(object.metadata) ? object.metadata.resourceVersion : undefined;
    if (typeof seen !== 'string') return;
    if (isOlder(seen, this.#from)) {
      // Versions only grow: this store was restored from an earlier state, or is another one.
      this.refusal = refusalOf(410, 'the server went back to an earlier state');
      return;
    }
    this.version = seen;
    if (type === 'ADDED') this.#tell({ type: 'added', object });
    else if (type === 'MODIFIED') this.#tell({ type: 'modified', object });
    else if (type === 'DELETED') this.#tell({ type: 'deleted', object });
  }
}

function refusalOf(status: number, message: string): Failure {
  const reason = message || 'the server ended the watch';
  return { ok: false, why: 'error', reason, status };
}

/**
 * Resource versions of one kind can be compared as numbers.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
function isOlder(version: string, than: string): boolean {
  const isNumber = /^[1-9][0-9]*$/;
  if (!isNumber.test(version) || !isNumber.test(than)) return false;
  return version.length === than.length ? version < than : version.length < than.length;
}
