import { nearestName } from '../schemas/nearest.ts';

/** A near name, but none that is told apart by its numbers only: app-1 and app-2 are two. */
export function nearIn(name: string, known: readonly string[]): string | undefined {
  const letters = (text: string) => text.replace(/\d+/g, '#');
  return nearestName(
    name,
    known.filter(other => letters(other) !== letters(name)),
  );
}
