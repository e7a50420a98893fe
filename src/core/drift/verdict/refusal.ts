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
 * server cannot even read (400, 500); other refusals are about the change.
 */
export function refusalOf(refused: ServerRefusal, changes: number): Refusal {
  const { code, message, recreate = isImmutable(message) } = refused;
  const text = shortened(message);
  if (code === 422 && changes > 0)
    return { kind: 'rejected', reason: `The server refuses this change: ${text}`, recreate };
  return { kind: 'invalid', reason: `The server refuses the manifest: ${text}` };
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
