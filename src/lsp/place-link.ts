import type { Place } from '../core/model/source.ts';
import { printable } from '../core/words/values.ts';
import { plainText } from './markdown.ts';
import { type OpenRepository, uriOf } from './session/repositories.ts';

/** A place of a repository as a link that opens it: `[base/web.yaml:8](file:///…#L8)`, the whole path in its title. */
export function placeLink(
  repository: OpenRepository,
  { file, line }: Omit<Place, 'column'>,
): string {
  const name = plainText(printable(`${shortFile(file)}:${line}`));
  const title = printable(file).replace(/["\\]/g, '');
  return `[${name}](${escaped(uriOf(repository, file))}#L${line} "${title}")`;
}

/** The folder says which of many files of one name it is; what stands above it does not help. */
function shortFile(file: string): string {
  return file.split('/').slice(-2).join('/');
}

function escaped(address: string): string {
  return address.replace(/[()<>]/g, character => `%${character.charCodeAt(0).toString(16)}`);
}
