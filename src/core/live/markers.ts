import type { ComparedEnvironment } from './compared.ts';
import type { MarkedDifference, Marker } from './state.ts';

/** States whose objects stand on a line although no field of theirs differs. */
const wholeStates = new Set(['missing', 'invalid', 'drifted', 'suspect', 'terminating']);

/** What stands at the ends of the lines of each file, the environments in their order. */
export function markersByFile(
  environments: readonly ComparedEnvironment[],
  isEdited: (file: string) => boolean,
): Map<string, Marker[]> {
  const lines = new Map<string, Map<number, MarkedDifference[]>>();
  const add = (file: string, line: number, difference: MarkedDifference) => {
    const ofFile = lines.get(file) ?? new Map<number, MarkedDifference[]>();
    lines.set(file, ofFile);
    const edited = isEdited(file) ? { ...difference, edited: true } : difference;
    ofFile.set(line, [...(ofFile.get(line) ?? []), edited]);
  };
  for (const { environment, objects } of environments)
    for (const { application, result } of objects) {
      const { state, resource: object, paths, source, stale, cause } = result;
      const about = {
        environment: environment.name,
        application: application ?? '',
        object,
        state,
        ...(stale && { stale }),
      };
      const placed = paths.filter(path => path.source !== undefined);
      for (const path of placed)
        if (path.source) add(path.source.file, path.source.line, { ...about, path });
      if (placed.length === 0 && source && wholeStates.has(state))
        add(source.file, source.line, {
          ...about,
          reason: result.reason,
          ...(cause && { cause }),
        });
    }
  return new Map(
    [...lines].map(([file, ofFile]) => [
      file,
      [...ofFile]
        .map(([line, differences]) => ({ line, differences }))
        .sort((a, b) => a.line - b.line),
    ]),
  );
}
