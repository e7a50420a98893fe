import { childrenOf } from '../../model/resource.ts';
import type { Candidate, CandidateInput, Elsewhere } from './attempt.ts';
import { changedLeaf } from './leaf.ts';
import { changedParts, insertions } from './parts.ts';

/** The edits that may make the repository say what is wanted, the likeliest first; or why there is none. */
export async function candidatesFor(input: CandidateInput): Promise<Candidate[] | Elsewhere> {
  const { goal } = input;
  if (goal.missing.length > 0) return insertions(input);
  const hasParts = childrenOf(goal.present) !== undefined;
  return hasParts ? changedParts(input) : changedLeaf(input);
}
