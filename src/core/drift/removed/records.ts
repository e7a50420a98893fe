import { readLive } from '../../cluster/live.ts';
import type { Application } from '../../model/environment.ts';
import type { NotChecked } from '../../model/finding.ts';
import type { JsonObject, Resource } from '../../model/resource.ts';
import { resourceKey } from '../../model/resource.ts';
import type { RenderedApplication } from '../declared.ts';
import type { EnvironmentInput } from '../environment-input.ts';
import type { ArgoSettings } from '../owners/argo-settings.ts';
import { deployerOf } from '../owners/deployer.ts';
import type { Deployer } from '../owners/tracking.ts';
import { own } from '../values.ts';
import { inventoryOf } from './inventory.ts';

/** What an application's engine has recorded of it. */
export interface EngineRecord {
  application: Application;
  deployer: Deployer;
  /** What it applied and no manifest declares now, by key. */
  named: ReadonlyMap<string, Resource>;
  /** The engine's own object as it runs. */
  controller?: JsonObject;
  notChecked?: NotChecked;
}

export interface RecordsInput extends EnvironmentInput {
  /** What the environment's Argo CD is told. */
  argo?: ArgoSettings | undefined;
}

/**
 * Reads what the engines' own objects (Kustomization, HelmRelease, Application) say of what they applied.
 * Applications that did not render completely are left out: what they do not show may well be declared.
 */
export async function readRecords(
  { applications, cluster, environment, argo, signal }: RecordsInput,
  known: ReadonlySet<string>,
): Promise<EngineRecord[]> {
  const deployed = applications.filter(isComplete).flatMap(({ application }) => {
    const deployer = deployerOf(application, argo);
    return deployer ? [{ application, deployer }] : [];
  });
  const controllers = deployed.flatMap(({ application }) => application.controller ?? []);
  const engines = await readLive(cluster, controllers, environment.namespace, signal);
  return deployed.map(({ application, deployer }) => {
    const { controller, origin } = application;
    const nothing = { application, deployer, named: new Map() };
    if (!controller) return nothing;
    const answer = engines.find(controller);
    if (!answer.ok) {
      const reason = `What ${controller.kind} ${controller.name} applied before is not known (${answer.reason}), so objects that were removed from git are found by their labels only`;
      const notChecked = {
        ...{ reason, place: origin, object: controller },
        environment: environment.name,
      };
      return { ...nothing, notChecked };
    }
    return answer.object ? recordOf(application, deployer, answer.object, known) : nothing;
  });
}

function isComplete({ rendered, application }: RenderedApplication): boolean {
  return (
    !rendered.failure &&
    application.source.kind !== 'unresolved' &&
    rendered.notChecked.every(({ resource }) => resource !== undefined)
  );
}

function recordOf(
  application: Application,
  deployer: Deployer,
  controller: JsonObject,
  known: ReadonlySet<string>,
): EngineRecord {
  const prunes = own(own(controller, 'spec'), 'prune') !== false;
  const named = inventoryOf(controller)
    .map(item => [resourceKey(item), item] as const)
    .filter(([key]) => !known.has(key));
  return { application, deployer: { ...deployer, prunes }, named: new Map(named), controller };
}
