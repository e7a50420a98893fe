import type { Finding, Mend } from '../model/finding.ts';
import type { RenderedObject } from '../model/rendered.ts';
import { isHiddenField } from './masked-object.ts';
import { isSecret, masked } from './values.ts';

/**
 * The findings without what their sentences quote from a Secret: `must be a string, not the number •••`.
 * As `maskPath`, the second line of defence; findings about other objects are as they were.
 */
export function safeFindings(findings: readonly Finding[]): Finding[] {
  return findings.map(finding =>
    isSecret(finding.object, finding.path ?? '') ? saidBy(finding, withoutQuotes) : finding,
  );
}

/** The finding with its sentences passed through `safe`; without changes of files that it would alter. */
function saidBy(finding: Finding, safe: (text: string) => string): Finding {
  const { message, fix, related, mends } = finding;
  const isSafe = ({ title, edits }: Mend) =>
    safe(title) === title && edits.every(({ text }) => safe(text) === text);
  return {
    ...finding,
    message: safe(message),
    ...(fix !== undefined && { fix: safe(fix) }),
    ...(related && {
      related: related.map(place => ({ ...place, message: safe(place.message) })),
    }),
    ...(mends && { mends: mends.filter(isSafe) }),
  };
}

/**
 * The findings without what they quote of values that a Secret made: of fields that one reached, and any text that
 * holds one of the values.
 */
export function withoutSecrets(
  findings: readonly Finding[],
  objects: readonly Pick<RenderedObject, 'resource' | 'sensitive'>[],
  values: readonly string[],
): Finding[] {
  const made = Map.groupBy(
    objects.filter(({ sensitive }) => sensitive),
    ({ resource }) => `${resource.kind} ${resource.name}`,
  );
  if (made.size === 0 && values.length === 0) return [...findings];
  const hide = (text: string) => values.reduce((left, each) => left.split(each).join(masked), text);
  return findings.map(finding => {
    const { object, path = '' } = finding;
    const same = object ? (made.get(`${object.kind} ${object.name}`) ?? []) : [];
    const isMade = same.some(each => isHiddenField(each, path));
    const safe = (text: string) => hide(isMade ? withoutQuotes(text) : text);
    return saidBy(finding, safe);
  });
}

/** Quoted texts but for names of fields (`data["a.b"]`), and the value that a sentence names after `not the number`, `got` and the like. */
function withoutQuotes(sentence: string): string {
  return sentence
    .replace(
      /(\w\["(?:[^"\\]|\\.)*"\])|"(?:[^"\\]|\\.)*"|`[^`]*`/g,
      (_, field: string | undefined) => field ?? masked,
    )
    .replace(/(not the \w+|\bgot|\bvalue:) (?!•)[^\s;,]+/gi, `$1 ${masked}`);
}
