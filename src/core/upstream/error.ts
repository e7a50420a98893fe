/**
 * missing: the program could not be started. died: it ended while it worked on the request. stuck: it did
 * not answer in time and was ended. failed: it answered with an error. busy: too many requests wait.
 * aborted: the caller's signal, or `close()`.
 */
export type UpstreamFailure = 'missing' | 'died' | 'stuck' | 'failed' | 'busy' | 'aborted';

/** A request that a resident program did not answer, and why. */
export class UpstreamError extends Error {
  override name = 'UpstreamError';
  readonly reason: UpstreamFailure;
  /** What the program calls its own error (`panic`, `usage`, …), when the reason is `failed`. */
  readonly code: string | undefined;

  constructor(reason: UpstreamFailure, message: string, code?: string) {
    super(message);
    this.reason = reason;
    this.code = code;
  }

  static is(error: unknown, reason?: UpstreamFailure): error is UpstreamError {
    return error instanceof UpstreamError && (reason === undefined || error.reason === reason);
  }
}
