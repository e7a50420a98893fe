import type { Spot } from '../../../../src/core/actions/navigate/spot.ts';
import type { Workspace } from '../../../../src/core/workspace.ts';

/** The offset of a mark (`‸`) in a piece of a file's text, which must stand there once. */
export function at(text: string, marked: string): number {
  const mark = marked.indexOf('‸');
  const piece = marked.replace('‸', '');
  const start = text.indexOf(piece);
  if (mark < 0 || start < 0 || text.indexOf(piece, start + 1) >= 0)
    throw new Error(`${JSON.stringify(marked)} is not one place`);
  return start + mark;
}

/** `file:line word`, sorted. */
export function shown(files: Record<string, string>, spots: readonly Spot[]): string[] {
  return spots
    .map(({ file, start, end }) => {
      const text = files[file] ?? '';
      return `${file}:${text.slice(0, start).split('\n').length} ${text.slice(start, end)}`;
    })
    .sort();
}

/** The object texts of every environment, by its name. */
export async function renderedTexts(workspace: Workspace): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const { name, applications } of await workspace.choose([])) {
    const rendered = await Promise.all(applications.map(each => workspace.render(each)));
    const failures = rendered.flatMap(({ failure }) => failure?.message ?? []);
    if (failures.length > 0) throw new Error(failures.join('\n'));
    found[name] = rendered.flatMap(({ objects }) =>
      objects.map(({ value }) => JSON.stringify(value)),
    );
  }
  return found;
}
