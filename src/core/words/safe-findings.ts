import type { Finding } from '../model/finding.ts';
import { isSecret, masked } from './values.ts';

/**
 * The findings without what their sentences quote from a Secret: `must be a string, not the number •••`.
 * As `maskPath`, the second line of defence; findings about other objects are as they were.
 */
export function safeFindings(findings: readonly Finding[]): Finding[] {
  return findings.map(finding =>
    isSecret(finding.object, finding.path ?? '')
      ? {
          ...finding,
          message: withoutQuotes(finding.message),
          ...(finding.fix !== undefined && { fix: withoutQuotes(finding.fix) }),
        }
      : finding,
  );
}

/** Quoted texts, and the value that a sentence names after `not the number`, `got` and the like. */
function withoutQuotes(sentence: string): string {
  return sentence
    .replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, masked)
    .replace(/(not the \w+|\bgot|\bvalue:) (?!•)[^\s;,]+/gi, `$1 ${masked}`);
}
