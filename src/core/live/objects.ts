import type { IndexedFile } from '../manifests/index-types.ts';
import type { ComparedEnvironment, ComparedObject } from './compared.ts';
import type { ObjectIn, ObjectSummary } from './state.ts';

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
): ObjectIn[] {
  const isHere = (source: { file: string; line: number } | undefined) =>
    source?.file === file && source.line === line;
  const found = [...objects.values()].filter(({ result }) => isHere(result.source));
  if (found.length > 0) return found.map(object => ({ name, ...summary(object) }));
  if (phase === 'compared') return [];
  const declared = applications
    .flatMap(({ rendered }) => rendered.objects)
    .find(({ source }) => isHere(source));
  return declared ? [{ name, state: phase, fields: 0, object: declared.resource }] : [];
}

function summary({ result: { state, paths, resource } }: ComparedObject) {
  return { state, fields: paths.length, object: resource };
}
