import type { Finding } from '../../model/finding.ts';

/** Findings of the server that say what is said already: of the same field on the same line, or by the same rule there. */
export function newOnes(findings: readonly Finding[], server: readonly Finding[]): Finding[] {
  const known = new Set(
    findings.flatMap(({ file, line, rule, path, severity }) => [
      `${file}:${line} ${rule}`,
      ...(severity === 'error' ? [`${file}:${line} ${path}`] : []),
    ]),
  );
  return server.filter(
    ({ file, line, rule, path }) =>
      !known.has(`${file}:${line} ${rule}`) && !known.has(`${file}:${line} ${path}`),
  );
}
