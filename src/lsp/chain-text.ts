import { type ChainStep, chainOf } from '../core/words/chain.ts';
import { printable } from '../core/words/values.ts';
import type { FieldIn } from './line-fields.ts';
import { codeSpan, plainText } from './markdown.ts';
import { placeLink } from './place-link.ts';
import type { RepositoryFile } from './session/repositories.ts';

/**
 * How a field comes about in each environment, one line for those in which it does the same way:
 * `production: this line → production/kustomization.yaml:9 patches`, each step a link.
 */
export function chainText(
  environments: readonly FieldIn[],
  at: RepositoryFile & { line: number },
): string {
  const ways = new Map<string, string[]>();
  for (const { name, rendered } of environments) {
    if (!rendered) continue;
    const way = chainOf(rendered.place)
      .map(step => stepText(step, at))
      .join(' → ');
    const note = rendered.place.how === 'unknown' ? `near ${way}` : way;
    ways.set(note, [...(ways.get(note) ?? []), `**${plainText(printable(name))}**`]);
  }
  return [...ways].map(([way, names]) => `- ${names.join(', ')}: ${way}`).join('\n');
}

function stepText(
  { does, ...place }: ChainStep,
  { repository, file, line }: RepositoryFile & { line: number },
) {
  const here = place.file === file && place.line === line;
  const where = here ? 'this line' : placeLink(repository, place);
  return does === '' ? where : `${where} ${codeSpan(printable(does))}`;
}
