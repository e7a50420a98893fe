import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { drift } from '../../src/core/actions/drift.ts';
import { type Ignoring, ignoreDifference } from '../../src/core/actions/ignore/ignore.ts';
import type { SyncOutcome, SyncPlan } from '../../src/core/actions/plans.ts';
import { planSync, runSync, type SyncRun } from '../../src/core/actions/sync.ts';
import { type Taking, takeLive } from '../../src/core/actions/take/take.ts';
import type { EngineVerb } from '../../src/core/engines/engine.ts';
import type { DriftResult } from '../../src/core/model/drift.ts';
import {
  type JsonObject,
  type Resource,
  resourceKey,
  resourceOf,
} from '../../src/core/model/resource.ts';
import { Workspace, type WorkspaceOptions } from '../../src/core/workspace.ts';

/** A folder with manifests, and what a person does in it. */
export class Folder {
  readonly path: string;
  readonly kubeconfig: string;
  /** What the engines said on the way. */
  readonly progress: string[] = [];

  constructor(kubeconfig: string, files: Record<string, string> = {}, path?: string) {
    this.kubeconfig = kubeconfig;
    this.path = path ?? mkdtempSync(join(tmpdir(), 'driftline-sync-'));
    this.write(files);
  }

  write(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), text);
    }
  }

  /** What is not in sync: `ConfigMap shop/settings drifted`. */
  async drift(environment: string): Promise<string[]> {
    return this.#open({}, async workspace => {
      const environments = await workspace.choose([environment]);
      const report = await drift(workspace, { environments, placeAll: false });
      if (report.failures.length > 0) throw new Error(report.failures.join('\n'));
      return report.environments.flatMap(({ results, notChecked }) => [
        ...results
          .filter(({ state }) => state !== 'synced')
          .map(({ resource: { kind, name }, state }) => `${kind} ${name} ${state}`),
        ...notChecked.map(({ reason }) => reason),
      ]);
    });
  }

  /** What a reconciliation would do to it, by our word: `ConfigMap old prune-candidate, kept`. */
  async states(environment: string): Promise<string[]> {
    const results = await this.#results(environment);
    return results
      .filter(({ state }) => state !== 'synced')
      .map(
        ({ resource: { kind, name }, state, kept }) =>
          `${kind} ${name} ${state}${kept === true ? ', kept' : ''}`,
      )
      .sort();
  }

  /** Does in the folder what a person does with one difference: leaves it out for good, or takes what runs. */
  async settle(
    verb: 'ignore' | 'take',
    environment: string,
    live: JsonObject,
    path: string,
  ): Promise<Exclude<Ignoring | Taking, { kind: 'elsewhere' }>> {
    const key = resourceKey(resourceOf(live) as Resource);
    const result = (await this.#results(environment)).find(
      ({ resource }) => resourceKey(resource) === key,
    );
    const found = result?.paths.find(each => each.path === path);
    if (!result || !found)
      throw new Error(`no difference at ${path}: ${JSON.stringify(result?.paths)}`);
    return this.#open({}, async workspace => {
      const [chosen] = await workspace.choose([environment]);
      const applications = chosen?.applications ?? [];
      const ways = { ignore: ignoreDifference, take: takeLive };
      for (const { name: application } of applications) {
        const difference = { environment, application, object: result.resource, path: found, live };
        const said = await ways[verb](workspace, difference);
        if (said.kind === 'elsewhere') continue;
        writeFileSync(join(this.path, said.file), said.after);
        return said;
      }
      throw new Error(`nothing can be written for ${path} of ${key}`);
    });
  }

  async #results(environment: string): Promise<DriftResult[]> {
    return this.#open({}, async workspace => {
      const environments = await workspace.choose([environment]);
      const report = await drift(workspace, { environments, placeAll: false });
      return report.environments.flatMap(({ results }) => results);
    });
  }

  plan(
    environment: string,
    application?: string,
    verb: EngineVerb = 'sync',
    options: Partial<WorkspaceOptions> & { trusted?: boolean } = {},
  ): Promise<SyncPlan> {
    return this.#open(options, workspace =>
      planSync(workspace, { environment, application, verb }),
    );
  }

  run(run: Omit<SyncRun, 'progress' | 'verb'> & { verb?: EngineVerb }): Promise<SyncOutcome> {
    const progress = (message: string) => {
      this.progress.push(message);
    };
    return this.#open({}, workspace => runSync(workspace, { verb: 'sync', ...run, progress }));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  async #open<T>(
    { trusted = true, ...options }: Partial<WorkspaceOptions> & { trusted?: boolean },
    work: (workspace: Workspace) => Promise<T>,
  ): Promise<T> {
    const host = {
      log: () => {},
      trusted: () => trusted,
      secret: () => undefined,
      forges: () => ({}),
      kubeconfig: () => this.kubeconfig,
    };
    const workspace = await Workspace.open({
      directory: this.path,
      offline: false,
      host,
      ...options,
    });
    try {
      return await work(workspace);
    } finally {
      await workspace.close();
    }
  }
}

/** A file of manifests; JSON is YAML. */
export function manifests(...objects: JsonObject[]): string {
  return objects.map(object => JSON.stringify(object, undefined, 2)).join('\n---\n');
}

export function configMap(name: string, data: JsonObject, namespace?: string): JsonObject {
  const metadata: JsonObject = { name, ...(namespace === undefined ? {} : { namespace }) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
}
