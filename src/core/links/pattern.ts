/** One step of a pattern: a field, each item of a list, or each value of a map. */
export type PatternStep = { field: string } | 'item' | 'value';

/** The sequences of steps that a path of the table stands for: one for each choice of its braces. */
export function readPattern(path: string): PatternStep[][] {
  return unfold(path).map(stepsOf);
}

/** `a.{b,c[]}.d` as `a.b.d` and `a.c[].d`. */
function unfold(path: string): string[] {
  const open = path.indexOf('{');
  if (open < 0) return [path];
  const close = path.indexOf('}', open);
  const choices = path.slice(open + 1, close).split(',');
  return choices.flatMap(choice =>
    unfold(`${path.slice(0, open)}${choice}${path.slice(close + 1)}`),
  );
}

function stepsOf(path: string): PatternStep[] {
  const steps: PatternStep[] = [];
  for (const [, quoted, items, plain] of path.matchAll(/"([^"]*)"|(\[\])|([^.[\]"]+)/g)) {
    if (items) steps.push('item');
    else if (plain === '*') steps.push('value');
    else steps.push({ field: quoted ?? plain ?? '' });
  }
  return steps;
}
