import type { SyntaxProblem } from '../syntax.ts';

/** Something wrong in a document, at offsets into the whole text. */
export interface Defect {
  rule: SyntaxProblem['rule'];
  /** A finished sentence: what is wrong and what to do. */
  message: string;
  start: number;
  end: number;
}
