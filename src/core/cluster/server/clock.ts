/** Clocks that differ by less tell the same time to a person. */
const noticed = 60_000;
/** The `Date` header counts seconds, and travels for a while. */
const jitter = 5000;

/**
 * How far the server's clock is ahead of this machine's, from the `Date` of its answers: what it writes (who changed
 * something when, until when a token is valid) is by its own clock.
 */
export class ServerClock {
  #ahead = 0;

  /** Milliseconds; negative when it is behind, 0 where that is too little to matter. */
  get ahead(): number {
    return Math.abs(this.#ahead) < noticed ? 0 : this.#ahead;
  }

  /** The present time by the server's clock, in milliseconds since 1970. */
  now(): number {
    return Date.now() + this.ahead;
  }

  /** Takes the header of an answer that was asked for at `sent` and began to come now. */
  hear(date: string | undefined, sent: number): void {
    const theirs = Date.parse(date ?? '');
    if (Number.isNaN(theirs)) return;
    const ahead = theirs + 500 - (sent + Date.now()) / 2;
    // Stays the same while it only trembles, so that nothing is told anew for it.
    if (Math.abs(ahead - this.#ahead) > jitter) this.#ahead = Math.round(ahead / 1000) * 1000;
  }
}
