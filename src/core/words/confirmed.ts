import type { DriftResult } from '../model/drift.ts';
import { clockText } from './age.ts';
import { printable } from './values.ts';

/**
 * Who says that an object differs: `the API server's dry-run at 12:03`, or `locally, not confirmed: …` with the
 * reason. `comparedAt` is RFC 3339.
 */
export function confirmedText(
  result: Pick<DriftResult, 'confirmed' | 'reason'> | undefined,
  comparedAt: string | undefined,
  now: Date,
): string {
  if (result === undefined) return '';
  const { confirmed, reason } = result;
  const at = comparedAt === undefined ? '' : ` at ${clockText(comparedAt, now)}`;
  if (confirmed === 'dry-run') return `the API server\u2019s dry-run${at}`;
  if (confirmed === 'local') return `locally, by Kubernetes\u2019 own code${at}`;
  return `locally, not confirmed${reason === undefined ? '' : `: ${printable(reason)}`}`;
}
