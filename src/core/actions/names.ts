import { reach } from '../environments/reach.ts';
import { type Application, foldersOf } from '../model/environment.ts';
import type { Rendered } from '../model/rendered.ts';
import { Inventory, type NamesEnvironment } from '../names/inventory.ts';
import { newestVersion } from '../schemas/schemas.ts';
import type { Schemas } from '../schemas/type.ts';
import type { Workspace } from '../workspace.ts';
import { definitionsOf } from './definitions.ts';
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

/** What an application would read, as far as kustomizations name it. */
function namedFiles({ index }: Workspace, { source }: Application): string[] {
  return foldersOf(source).flatMap(folder =>
    reach(index, folder).flatMap(({ file, through }) => [
      file.path,
      ...through.map(kustomization => kustomization.file),
    ]),
  );
}

/** By environment and application, the last render that did not fail. */
export type EarlierRenders = Map<string, Rendered>;

/**
 * Reads everything that has a name, what charts make included. Of an application that cannot be rendered now, as
 * somebody types in it, what was rendered before counts.
 */
export async function gatherNames(workspace: Workspace, earlier: EarlierRenders): Promise<Names> {
  const { environments } = await workspace.discovery();
  const sets = await Promise.all(
    environments.map(async environment => ({
      environment,
      rendered: (await renderApplications(workspace, environment, { trace: true })).map(
        ({ application, rendered }) => {
          const key = `${environment.name} ${application.name}`;
          if (!rendered.failure) earlier.set(key, rendered);
          if (!rendered.failure) return rendered;
          return earlier.get(key) ?? { ...rendered, reads: namedFiles(workspace, application) };
        },
      ),
    })),
  );
  const definitions = definitionsOf(
    workspace,
    sets.flatMap(({ rendered }) => rendered),
  );
  const inventory = new Inventory(
    workspace.index,
    sets.map(
      ({ environment: { name, namespace }, rendered }): NamesEnvironment => ({
        ...{ name, namespace },
        reads: new Set(rendered.flatMap(({ reads }) => reads)),
        objects: rendered.flatMap(({ objects }) => objects),
      }),
    ),
  );
  return {
    inventory,
    schemasOf(file) {
      const own = new Set(inventory.environmentsOf(file));
      const reached = environments.filter(({ name }) => own.has(name));
      const version = reached.find(({ kubernetes }) => kubernetes)?.kubernetes ?? newestVersion();
      const same = reached.filter(({ kubernetes = newestVersion() }) => kubernetes === version);
      const names = same.map(({ name }) => name);
      const whose = names.length > 4 ? `${names.length} environments` : names.join(', ');
      return {
        schemas: workspace.schemas(version, definitions, { bundled: true }),
        origin: `Kubernetes ${version}${whose === '' ? '' : ` · ${whose}`}`,
      };
    },
  };
}
