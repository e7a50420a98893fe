import type { ManifestIndex } from './manifest-index.ts';

/** True for the folder itself and for everything below it. */
export function isWithin(folder: string, path: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

/** True when the repository has a file at or below the path. */
export function folderExists(index: ManifestIndex, folder: string): boolean {
  if (folder === '' || index.kustomizations.has(folder) || index.charts.has(folder)) return true;
  return index.files().some(file => isWithin(folder, file.path));
}

/**
 * The shortest ends of paths that tell them apart: `a/prod`, `b/prod`, `b/dev` give `a/prod`,
 * `b/prod`, `dev`.
 */
export function shortestNames(paths: readonly string[]): string[] {
  const endings = paths.map(path => {
    const parts = path.split('/').filter(part => part !== '');
    return parts.map((_, at) => parts.slice(-1 - at).join('/'));
  });
  const uses = new Map<string, number>();
  for (const ending of endings.flat()) uses.set(ending, (uses.get(ending) ?? 0) + 1);
  return endings.map(own => own.find(ending => uses.get(ending) === 1) ?? own.at(-1) ?? '');
}

const containers = /^(overlays?|environments?|envs?|clusters?|stages?|deploy|deployments?)$/;
/** Folders that say how something is written, not where it runs (`deploy/helm`). */
const technical = /^(kubernetes|k8s|kustomize|helm|charts?|manifests?|yaml|crds?|flux-system)$/;
const stageName =
  /^(dev|develop|development|test|testing|int|integration|qa|uat|sandbox|preview|demo|staging|stage|stg|pre-?prod|preproduction|canary|prod|prd|production|live)([-_.].+)?$/;

/**
 * The environment that a path is named after by convention, with the position of that part:
 * what follows `overlays`, `environments`, `envs`, `clusters`, `stages` or `deploy`, or else
 * a part that is itself a usual name of a stage (`apps/staging`).
 */
export function environmentPart(folder: string): { name: string; at: number } | undefined {
  const parts = folder.split('/');
  for (let at = parts.length - 1; at > 0; at -= 1) {
    const name = parts[at] as string;
    if (containers.test(parts[at - 1] as string) && isEnvironmentName(name)) return { name, at };
  }
  const at = parts.findLastIndex(part => stageName.test(part));
  return at < 0 ? undefined : { name: parts[at] as string, at };
}

function isEnvironmentName(name: string): boolean {
  return !containers.test(name) && !technical.test(name) && !isBase(name);
}

/** Folders whose children are environments. */
export function isContainer(name: string): boolean {
  return containers.test(name);
}

/** What environments build on and nobody deploys as it is. */
export function isBase(name: string): boolean {
  return /^(bases?|common|components?|shared|lib)$/.test(name);
}

export function isStageName(name: string): boolean {
  return stageName.test(name);
}
