import type { RenderFault } from '../../model/rendered.ts';
import { nearestName } from '../../schemas/nearest.ts';

/** What a values.schema.json refuses, as a sentence: the schema library's words in ours where they are known. */
export function valueWords({ message, path = '', known }: RenderFault): string {
  const name = path === '' ? 'The values' : path.replaceAll('/', '.');
  const type = /^got (\w+), want (.+)$/.exec(message);
  if (type)
    return `${name} must be ${articles(type[2])}, not ${articles(type[1])}: values.schema.json says so.`;
  if (message === 'additional property')
    return `values.schema.json knows no ${path.split('/').at(-1)} here (additional property ${name})${meant(path.split('/').at(-1) ?? '', known)}`;
  const missing = /^missing propert(?:y|ies) (.+)$/.exec(message);
  if (missing)
    return `${missing[1]?.replaceAll("'", '')} is required${path === '' ? '' : ` in ${name}`}: values.schema.json says so.`;
  return `${name} is not what values.schema.json allows: ${message}.`;
}

function articles(types = ''): string {
  return types
    .split(' or ')
    .map(type => (/^[aeiou]/.test(type) ? `an ${type}` : type === 'null' ? type : `a ${type}`))
    .join(' or ');
}

/** The end of a sentence that names what was probably meant. */
export function meant(name: string, known: readonly string[] = []): string {
  const near = nearestName(name, known);
  return near === undefined ? '.' : `; did you mean ${near}?`;
}
