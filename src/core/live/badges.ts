import { isDrift } from '../words/states.ts';
import type { Marker } from './state.ts';

export interface FileBadgeState {
  /** Fields and objects that drift because of this file, each environment counted. */
  differences: number;
  environments: string[];
}

/** The files that cause drift. */
export function badgesOf(
  markers: ReadonlyMap<string, readonly Marker[]>,
): Map<string, FileBadgeState> {
  return new Map(
    [...markers].flatMap(([file, lines]): [string, FileBadgeState][] => {
      const drifted = lines.flatMap(({ differences }) => differences).filter(isDrift);
      const environments = [...new Set(drifted.map(({ environment }) => environment))];
      return drifted.length === 0 ? [] : [[file, { differences: drifted.length, environments }]];
    }),
  );
}
