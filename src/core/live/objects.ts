import type { IndexedFile } from '../manifests/index-types.ts';
import type { ComparedEnvironment, ComparedObject } from './compared.ts';
import type { ObjectSummary } from './state.ts';

/** How the objects that begin in a file stand in each environment that deploys them. */
export function objectsOf(
  file: IndexedFile,
  environments: readonly ComparedEnvironment[],
): ObjectSummary[] {
  return file.objects.flatMap(({ resource, line }) => {
    const states = environments.flatMap(environment => stateIn(environment, file.path, line));
    return states.length === 0 ? [] : [{ line, resource, environments: states }];
  });
}

function stateIn(
  { environment: { name }, phase, applications, objects }: ComparedEnvironment,
  file: string,
  line: number,
): ObjectSummary['environments'] {
  const isHere = (source: { file: string; line: number } | undefined) =>
    source?.file === file && source.line === line;
  const found = objects.filter(({ result }) => isHere(result.source));
  if (found.length > 0) return found.map(object => ({ name, ...summary(object) }));
  const declared = applications.some(({ rendered }) =>
    rendered.objects.some(({ source }) => isHere(source)),
  );
  return declared && phase !== 'compared' ? [{ name, state: phase, fields: 0 }] : [];
}

function summary({ result: { state, paths } }: ComparedObject) {
  return { state, fields: paths.length };
}
