import { isDeployer } from '../environments/deployed.ts';
import { isWithin } from '../environments/folders.ts';
import { baseName, folderOf } from '../manifests/paths.ts';
import type { RepositoryIndex } from '../manifests/repository-index.ts';
import {
  type Environment,
  type HelmSource,
  partsOf,
  type RenderSource,
} from '../model/environment.ts';
import type { Finding, NotChecked } from '../model/finding.ts';
import type { Rendered } from '../model/rendered.ts';
import type { Resource } from '../model/resource.ts';
import { undeployedFindings } from '../validate/deployment/undeployed.ts';
import { type UnusedIn, unusedFindings } from '../validate/deployment/unused.ts';
import type { Workspace } from '../workspace.ts';

/** What a render tells of what was written in vain. */
export function unusedIn(source: RenderSource, rendered: Rendered, environment?: string): UnusedIn {
  const parts = partsOf(source);
  const isBuilt = parts.some(({ kind }) => kind === 'kustomize');
  return {
    ...(environment !== undefined && { environment }),
    patches: isBuilt ? rendered.reads : [],
    // A chart's loader reads every file of its folder, values of other environments too.
    values: parts.flatMap(part => (part.kind === 'helm' ? valuesOf(part, rendered.reads) : [])),
    unused: rendered.unused ?? [],
    // What is left of a failing build without what fails may tell all the same.
    failed: rendered.failure !== undefined && rendered.unused === undefined,
  };
}

function valuesOf({ path, values }: HelmSource, reads: readonly string[]): string[] {
  const given = values.flatMap(each => {
    if (each.kind === 'file') return [each.path];
    const inside = 'places' in each ? Object.values(each.places ?? {}) : [];
    return [...('place' in each ? [each.place] : []), ...inside].map(({ file }) => file);
  });
  const own = reads.filter(file => isWithin(path, file) && baseName(file) === 'values.yaml');
  return [...given, ...own];
}

export interface KnownRenders {
  environments: readonly Environment[];
  /** Every file that is read for the environments. */
  reads: ReadonlySet<string>;
  /** Of the environments, and of what none deploys. */
  deployed: readonly UnusedIn[];
  rest: readonly UnusedIn[];
  /** What of the environments could not be rendered. */
  notChecked: readonly NotChecked[];
}

/**
 * What was written in vain: unused patches and values, overlays that nobody deploys. Nothing where only some of the
 * environments are looked at: another one may use it.
 */
export async function findUnused(
  workspace: Workspace,
  { environments, reads, deployed, rest, notChecked }: KnownRenders,
): Promise<Finding[]> {
  const { index } = workspace;
  const discovery = await workspace.discovery();
  if (environments.length < discovery.environments.length) return [];
  const unused = unusedFindings([...deployed, ...rest], index);
  if ([...discovery.unresolved, ...notChecked].some(open => mayDeploy(index, open))) return unused;
  const isRoot = (folder: string) =>
    index
      .objects()
      .some(({ file, resource }) => isWithin(folder, file) && deploysFolders(resource));
  return [...unused, ...undeployedFindings({ index, environments, reads, isRoot })];
}

/** True for what could deploy a folder of the repository: not for a chart, nor for an object that runs. */
function mayDeploy(index: RepositoryIndex, { object, place }: NotChecked): boolean {
  if (object) return deploysFolders(object);
  if (!place || index.charts.has(folderOf(place.file))) return !place;
  const declared = index.file(place.file)?.objects.findLast(each => each.line <= place.line);
  return declared === undefined || deploysFolders(declared.resource);
}

function deploysFolders({ group, kind }: Resource): boolean {
  return isDeployer(group) && group !== 'source.toolkit.fluxcd.io' && kind !== 'HelmRelease';
}
