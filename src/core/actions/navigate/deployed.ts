import type { RenderedApplication } from '../../drift/declared.ts';
import { effectiveResource } from '../../drift/declared.ts';
import { foldersAbove } from '../../manifests/paths.ts';
import type { RepositoryIndex } from '../../manifests/repository-index.ts';
import type { Environment } from '../../model/environment.ts';
import type { RenderedObject } from '../../model/rendered.ts';
import type { Resource } from '../../model/resource.ts';
import type { Workspace } from '../../workspace.ts';
import { renderApplications } from '../rendering.ts';

/** An object as an environment gets it. */
export interface DeployedObject {
  environment: string;
  /** With the namespace that its application gives it. */
  resource: Resource;
  object: RenderedObject;
}

/** What goes where: which files belong together, and what becomes of the objects in them. */
export interface Deployed {
  environments: readonly { environment: Environment; applications: RenderedApplication[] }[];
  /**
   * What a file is built into: environments, and kustomizations that no other one uses. Files that have one in common
   * are applied together.
   */
  rootsOf(file: string): ReadonlySet<string>;
  /** What becomes of the object that begins on a line (1-based) of a file. */
  objectsAt(file: string, line: number): readonly DeployedObject[];
  all: readonly DeployedObject[];
}

const known = new WeakMap<Workspace, Promise<Deployed>>();

/** Renders every environment, as diagnostics do; kept with the workspace, which is another after every change. */
export function deployedBy(workspace: Workspace): Promise<Deployed> {
  const before = known.get(workspace);
  if (before) return before;
  const reading = readDeployed(workspace);
  known.set(workspace, reading);
  reading.catch(() => known.delete(workspace));
  return reading;
}

async function readDeployed(workspace: Workspace): Promise<Deployed> {
  const chosen = await workspace.choose([]);
  const environments = await Promise.all(
    chosen.map(async environment => ({
      environment,
      applications: await renderApplications(workspace, environment, { trace: true }),
    })),
  );
  const all = environments.flatMap(each => objectsOf(workspace, each));
  const byPlace = Map.groupBy(all, ({ object: { source } }) => `${source.file}:${source.line}`);
  const readers = readersOf(environments);
  const roots = new Map<string, Set<string>>();
  return {
    environments,
    all,
    rootsOf: file => {
      const found = roots.get(file) ?? new Set(readers.get(file));
      if (roots.has(file)) return found;
      roots.set(file, found);
      addBuilders(workspace.index, file, found);
      if (found.size === 0) found.add(`folder ${foldersAbove(file)[0]}`);
      return found;
    },
    objectsAt: (file, line) => byPlace.get(`${file}:${line}`) ?? [],
  };
}

function objectsOf(
  workspace: Workspace,
  { environment, applications }: Deployed['environments'][number],
): DeployedObject[] {
  const schemas = workspace.schemas(environment.kubernetes, workspace.customTypes());
  return applications.flatMap(({ application, rendered }) => {
    const namespace = application.namespace ?? environment.namespace;
    return rendered.objects.map(object => ({
      environment: environment.name,
      resource: effectiveResource(object.resource, namespace, schemas),
      object,
    }));
  });
}

function readersOf(environments: Deployed['environments']): Map<string, Set<string>> {
  const readers = new Map<string, Set<string>>();
  for (const { environment, applications } of environments)
    for (const { application, rendered } of applications) {
      // The object that deploys it names things of the environment, too.
      for (const file of [...rendered.reads, application.origin.file]) {
        const names = readers.get(file) ?? new Set();
        readers.set(file, names.add(`environment ${environment.name}`));
      }
    }
  return readers;
}

/** The kustomizations that a file ends up in. */
function addBuilders(index: RepositoryIndex, file: string, roots: Set<string>): void {
  const seen = new Set<string>();
  const follow = (path: string) => {
    for (const { path: folder } of index.usersOf(path)) {
      if (seen.has(folder)) continue;
      seen.add(folder);
      if (index.usersOf(folder).length === 0) roots.add(`kustomization ${folder}`);
      else follow(folder);
    }
  };
  follow(file);
  for (const kustomization of index.kustomizations.values()) {
    if (kustomization.file !== file && !kustomization.refersTo.includes(file)) continue;
    const { path } = kustomization;
    if (index.usersOf(path).length === 0) roots.add(`kustomization ${path}`);
    else follow(path);
  }
}

/** True where two files are applied together somewhere. */
export function meet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const root of a) if (b.has(root)) return true;
  return false;
}
