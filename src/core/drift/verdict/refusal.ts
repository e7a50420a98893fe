/** How a refusal of the server counts (drift.md 3.6). */
export type Refusal =
  /** The manifest itself is wrong, whatever lives. */
  | { kind: 'invalid'; reason: string }
  /** The server refuses this change of the living object; recreate: it would take a new object. */
  | { kind: 'rejected'; reason: string; recreate: boolean };

export interface ServerRefusal {
  /** HTTP status. */
  code: number;
  message: string;
  /** True when the manifest alone is valid; where nobody knows, the message is read for it. */
  recreate?: boolean;
}

/**
 * A manifest that would change nothing and is still refused is wrong in itself, and so is one that the
 * server cannot even read (400, 500); other refusals are about the change. `readable` says that the manifest
 * fits its schema all the same: then some value cannot be converted, and git cannot be applied.
 */
export function refusalOf(refused: ServerRefusal, changes: number, readable = false): Refusal {
  const { code, message, recreate = isImmutable(message) } = refused;
  const text = shortened(message);
  if ((code === 422 || readable) && changes > 0)
    return {
      kind: 'rejected',
      reason: `The server refuses this change: ${text}`,
      recreate: code === 422 && recreate,
    };
  return { kind: 'invalid', reason: `The server refuses the manifest: ${text}` };
}

/** True for a refusal about a value that the server could not convert, rather than about a field of the manifest. */
export function isUnconvertible({
  code,
  findings,
}: {
  code: number;
  findings: readonly { path?: string }[];
}): boolean {
  return code !== 409 && code !== 422 && findings.every(({ path }) => !path);
}

/** True when Kubernetes' validation speaks of a field that cannot change on a living object. */
function isImmutable(message: string): boolean {
  return /immutable|may not (change|be changed|be unset|be removed)|cannot (change|be changed|update)|can ?not be modified|updates to .* are forbidden|once set/i.test(
    message,
  );
}

/** Kubernetes quotes whole structures and differences in its messages; the sentence is at their ends. */
function shortened(message: string): string {
  const [first = ''] = message.split('\n');
  return first.replace(/Invalid value: [{["].{80,}[}\]"]: /, '');
}
