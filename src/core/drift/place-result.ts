import type { DriftPath, DriftResult } from '../model/drift.ts';
import { type Pointer, parsePath, resolveSteps, type Step } from '../model/path.ts';
import type { RenderedObject } from '../model/rendered.ts';
import type { Place } from '../model/source.ts';
import { isSecret } from './prepare/secrets.ts';

/**
 * The result with the line that causes each path. What the manifest does not hold any more is told at
 * its nearest parent, an object as a whole at its first line.
 */
export function placeResult(result: DriftResult, object: RenderedObject): DriftResult {
  if (result.paths.length === 0 && result.source === object.source) return result;
  const paths = result.paths.map((path): DriftPath => {
    const { file, line, column } = object.locate(pointerOf(path, object));
    return { ...path, source: { file, line, column } satisfies Place };
  });
  return { ...result, paths, source: object.source };
}

function pointerOf({ path }: DriftPath, { value }: RenderedObject): Pointer {
  const steps = parsePath(path);
  const written =
    isSecret(value) && steps[0] === 'data' ? (['stringData', ...steps.slice(1)] as Step[]) : [];
  const inText = written.length > 1 ? resolveSteps(value, written) : undefined;
  return inText?.complete ? inText.pointer : resolveSteps(value, steps).pointer;
}
