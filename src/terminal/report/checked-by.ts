import type { CheckedBy } from '../../core/actions/checked-by.ts';
import { ageText } from '../../core/words/age.ts';
import { printable } from '../../core/words/values.ts';
import { styleFor } from '../style.ts';
import { wrap } from './columns.ts';
import type { TextOptions } from './text-options.ts';

/** `production  Kubernetes 1.33 and the types of its cluster, yesterday: …`: by what each environment was checked. */
export function checkedByBlock(
  checkedBy: readonly CheckedBy[] | undefined,
  options: TextOptions,
): string[][] {
  // What was as meant is told to whoever asks.
  const told = (checkedBy ?? []).filter(({ reason }) => options.verbose || reason !== undefined);
  if (told.length === 0) return [];
  const { bold, dim } = styleFor(options.colour);
  const lines = told.flatMap(each =>
    wrap(printable(checkedByText(each, options.now)), options.width - 4).map(
      (line, index) => `${index === 0 ? '  ' : '    '}${dim(line)}`,
    ),
  );
  return [[bold('checked by'), ...lines]];
}

/** One sentence without its end. */
function checkedByText(
  { environment, kubernetes, from, asked, reason }: CheckedBy,
  now: Date,
): string {
  const age = asked === undefined ? undefined : ageText(asked, now);
  const types = {
    cluster: `Kubernetes ${kubernetes} and the types of its cluster`,
    kept: `Kubernetes ${kubernetes} and the types that its cluster had${age === undefined ? '' : ` ${age}`}`,
    given: `Kubernetes ${kubernetes}, as the repository says`,
    newest: `Kubernetes ${kubernetes}, the newest known here`,
  }[from];
  return `${environment}: ${types}${reason === undefined ? '' : ` (${reason})`}`;
}
