import { type ChainStep, chainOf } from '../core/words/chain.ts';
import { printable } from '../core/words/values.ts';
import type { FieldIn } from './line-fields.ts';
import { codeSpan, plainText } from './markdown.ts';
import { placeLink } from './place-link.ts';
import type { RepositoryFile } from './session/repositories.ts';

/**
 * How a field comes about in each environment in which the line has a part in it, one line for those in which it does
 * the same way: `production: this line → production/kustomization.yaml:9 patches`, each step a link.
 */
export function chainText(
  environments: readonly FieldIn[],
  at: RepositoryFile & { line: number },
): string {
  const ways = new Map<string, string[]>();
  for (const { name, rendered } of environments) {
    const chain = rendered ? chainOf(rendered.place) : [];
    if (!rendered || !chain.some(step => isAt(step, at))) continue;
    const way = chain.map(step => stepText(step, at)).join(' → ');
    const note = rendered.place.how === 'unknown' ? `near ${way}` : way;
    ways.set(note, [...(ways.get(note) ?? []), `**${plainText(printable(name))}**`]);
  }
  return [...ways].map(([way, names]) => `- ${names.join(', ')}: ${way}`).join('\n');
}

function stepText(
  { does, ...place }: ChainStep,
  { repository, file, line }: RepositoryFile & { line: number },
) {
  const where = isAt(place, { file, line }) ? 'this line' : placeLink(repository, place);
  return does === '' ? where : `${where} ${codeSpan(printable(does))}`;
}

function isAt(place: { file: string; line: number }, at: { file: string; line: number }): boolean {
  return place.file === at.file && place.line === at.line;
}
