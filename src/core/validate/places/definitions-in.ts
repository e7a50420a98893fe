import type { RelatedPlace } from '../../model/finding.ts';

/** Where the variables are set whose values Flux put into a value: steps of its chain (`model/rendered.ts`, `via`). */
export function definitionsIn(via: readonly string[]): RelatedPlace[] {
  return via.flatMap(step => {
    const [, file, digits, what] =
      /^(.+):(\d+) ((?:postBuild|ConfigMap \S+|Secret \S+) \w+)$/.exec(step) ?? [];
    if (file === undefined || what === undefined) return [];
    const line = Number(digits);
    const name = what.slice(what.lastIndexOf(' ') + 1);
    return [
      { file, line, column: 1, endLine: line, endColumn: 2, message: `${name} is set here.` },
    ];
  });
}
