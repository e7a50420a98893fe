import { reach } from '../environments/reach.ts';
import { type Application, type Environment, foldersOf } from '../model/environment.ts';
import type { Rendered } from '../model/rendered.ts';
import { Inventory } from '../names/inventory.ts';
import type { Schemas } from '../schemas/type.ts';
import type { RenderedSet } from '../validate/validate.ts';
import type { Workspace } from '../workspace.ts';
import { type CheckedBy, checkedBy } from './checked-by.ts';
import { clusterTypes } from './cluster-types.ts';
import { environmentTypes, type SchemasOf } from './environment-types.ts';
import { renderApplications } from './rendering.ts';

/** The types that a file is written by, and whose they are. */
export interface FileSchemas {
  schemas: Schemas;
  /** `Kubernetes 1.33 · production, staging`. */
  origin: string;
}

/** What there is to complete with and to explain by, in one state of a workspace. */
export interface Names {
  inventory: Inventory;
  /** Of the environments that the file belongs to the first one's; else of the newest Kubernetes that is bundled. */
  schemasOf(file: string): FileSchemas;
}

/** By environment and application, the last render that did not fail. */
export type EarlierRenders = Map<string, Rendered>;

/**
 * Reads everything that has a name, what charts make included, and by which types each environment is checked; asks
 * no cluster. Of an application that cannot be rendered now, as somebody types in it, what was rendered before counts.
 */
export async function gatherNames(workspace: Workspace, earlier: EarlierRenders): Promise<Names> {
  const { environments } = await workspace.discovery();
  const newest = workspace.schemas(undefined, []).version;
  const sets = await Promise.all(
    environments.map(each => renderedSets(workspace, each, { earlier, newest })),
  );
  const all = sets.flat();
  const words = await clusterTypes(workspace, environments, { ask: false, sets: all });
  const by = environments.map(each => checkedBy(each, words.get(each.name) ?? {}, newest));
  const schemasOf = environmentTypes(workspace, all, words);
  const inventory = new Inventory(
    workspace.index,
    environments.map(({ name, namespace }, at) => ({
      ...{ name, namespace },
      reads: new Set((sets[at] ?? []).flatMap(({ reads }) => reads)),
      objects: (sets[at] ?? []).flatMap(({ objects }) => objects),
    })),
  );
  return {
    inventory,
    schemasOf: file =>
      fileSchemas(by, new Set(inventory.environmentsOf(file)), { newest, schemasOf }),
  };
}

/** What the files alone say, at once: what somebody is helped with until everything is rendered. */
export function namesOfFiles(workspace: Workspace): Names {
  const newest = workspace.schemas(undefined, []).version;
  const schemas = workspace.schemas(newest, workspace.customTypes(), { bundled: true });
  return {
    inventory: new Inventory(workspace.index, []),
    schemasOf: () => ({ schemas, origin: `Kubernetes ${newest}` }),
  };
}

async function renderedSets(
  workspace: Workspace,
  environment: Environment,
  { earlier, newest: target }: { earlier: EarlierRenders; newest: string },
): Promise<RenderedSet[]> {
  const rendered = await renderApplications(workspace, environment, { trace: true });
  return rendered.map(({ application, rendered: now }) => {
    const key = `${environment.name} ${application.name}`;
    if (!now.failure) earlier.set(key, now);
    const { objects, reads } = now.failure ? (earlier.get(key) ?? now) : now;
    const known = now.failure && !earlier.has(key) ? namedFiles(workspace, application) : reads;
    return { environment: environment.name, target, objects, reads: known };
  });
}

/** What an application would read, as far as kustomizations name it. */
function namedFiles({ index }: Workspace, { source }: Application): string[] {
  return foldersOf(source).flatMap(folder =>
    reach(index, folder).flatMap(({ file, through }) => [
      file.path,
      ...through.map(kustomization => kustomization.file),
    ]),
  );
}

function fileSchemas(
  by: readonly CheckedBy[],
  own: ReadonlySet<string>,
  { newest, schemasOf }: { newest: string; schemasOf: SchemasOf },
): FileSchemas {
  const reached = by.filter(({ environment }) => own.has(environment));
  const [first] = reached;
  if (!first) return { schemas: schemasOf(newest), origin: `Kubernetes ${newest}` };
  const { kubernetes, environment } = first;
  const names = reached
    .filter(each => each.kubernetes === kubernetes)
    .map(each => each.environment);
  const whose = names.length > 4 ? `${names.length} environments` : names.join(', ');
  return {
    schemas: schemasOf(kubernetes, environment),
    origin: `Kubernetes ${kubernetes} · ${whose}`,
  };
}
