/** One table that a bench prints: what was done, our figure, the peer's, and ours over the peer's. */
export interface BenchTable {
  title: string;
  /** What the figures are, such as `milliseconds, median of 7`. */
  unit: string;
  rows: BenchRow[];
}

export interface BenchRow {
  what: string;
  ours: number;
  /** Undefined where there is nothing to compare with. */
  peer?: number;
  /** ours / peer; undefined without a peer. */
  ratio?: number;
}

/** A row with its ratio. */
export function benchRow(what: string, ours: number, peer?: number): BenchRow {
  return { what, ours, ...(peer !== undefined && { peer, ratio: ours / peer }) };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** The value below which this share of the values lies (nearest rank), such as 95 for p95. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}
