/** How long a connection waits for what. */
export interface Timing {
  /** Milliseconds until a connection must stand. */
  connect: number;
  /** Milliseconds without a byte from the server before a request is given up. */
  answer: number;
  /** Requests at a time, watches not counted. */
  parallel: number;
  /** Milliseconds that a read waits altogether for a server that asks to come back later. */
  patience: number;
}

export const defaultTiming: Timing = {
  connect: 10_000,
  answer: 30_000,
  parallel: 10,
  patience: 120_000,
};
