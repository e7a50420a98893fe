import type { Random } from '../lib/random.ts';

/** The generator of one trial: the same for the same seed and number, whatever runs beside it. */
export function seedOf(seed: number, number: number): number {
  let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x27d4eb2f);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

export function chance(random: Random, share: number): boolean {
  return random.next() < share;
}

/** One of a table of things with weights. */
export function weighted<T>(random: Random, table: readonly (readonly [number, T])[]): T {
  let left = random.next() * table.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, thing] of table) {
    left -= weight;
    if (left < 0) return thing;
  }
  return (table.at(-1) as readonly [number, T])[1];
}

export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const left = [...items];
  const taken: T[] = [];
  while (left.length > 0) taken.push(...left.splice(random.below(left.length), 1));
  return taken;
}
