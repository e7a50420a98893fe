import { type Live, readLive } from '../../cluster/live.ts';
import type { Application } from '../../model/environment.ts';
import { textAt, textsAt } from '../../model/fields.ts';
import type { NotChecked } from '../../model/finding.ts';
import { type JsonObject, type Resource, resourceKey, resourceOf } from '../../model/resource.ts';
import { effectiveResource, type RenderedApplication } from '../declared.ts';
import type { EnvironmentInput } from '../environment-input.ts';
import type { ArgoSettings } from '../owners/argo-settings.ts';
import { deployerOf } from '../owners/deployer.ts';
import type { Deployer } from '../owners/tracking.ts';
import { own } from '../values.ts';
import { releasedObjects } from './helm-release.ts';
import { inventoryOf } from './inventory.ts';
import { keepingOption } from './unmanaged.ts';

/** What an application's engine has recorded of it. */
export interface EngineRecord {
  application: Application;
  deployer: Deployer;
  /** What it applied and no manifest declares now, by key. */
  named: ReadonlyMap<string, Resource>;
  /** What Helm deployed last, by key, where it was read. */
  released?: ReadonlyMap<string, JsonObject>;
  /** The engine's own object as it runs. */
  controller?: JsonObject;
  notChecked?: NotChecked;
}

export interface RecordsInput extends EnvironmentInput {
  /** What the environment's Argo CD is told. */
  argo?: ArgoSettings | undefined;
}

/**
 * Reads what the engines' own objects (Kustomization, HelmRelease, Application) say of what they applied, and the
 * releases of Helm where nothing else says it. Applications that did not render completely are left out: what they
 * do not show may well be declared.
 */
export async function readRecords(
  input: RecordsInput,
  known: ReadonlySet<string>,
): Promise<EngineRecord[]> {
  const { applications, cluster, environment, argo, signal } = input;
  const deployed = applications.filter(isComplete).flatMap(({ application }) => {
    const deployer = deployerOf(application, argo);
    return deployer ? [{ application, deployer }] : [];
  });
  const controllers = deployed.flatMap(({ application }) => application.controller ?? []);
  const engines = await readLive(cluster, controllers, environment.namespace, signal);
  return Promise.all(
    deployed.map(async each => {
      const record = recordOf(each, engines, environment.name, known);
      return record.recorded ? record : withRelease(record, input, known);
    }),
  );
}

function isComplete({ rendered, application }: RenderedApplication): boolean {
  return (
    !rendered.failure &&
    application.source.kind !== 'unresolved' &&
    rendered.notChecked.every(({ resource }) => resource !== undefined)
  );
}

/** A record, and whether the engine's own object says what it applied. */
type Recorded = EngineRecord & { recorded: boolean };

function recordOf(
  { application, deployer }: Pick<EngineRecord, 'application' | 'deployer'>,
  engines: Live,
  environment: string,
  known: ReadonlySet<string>,
): Recorded {
  const { controller, origin } = application;
  const nothing = { application, deployer, named: new Map() };
  if (!controller) return { ...nothing, recorded: false };
  const answer = engines.find(controller);
  if (!answer.ok) {
    const reason = `What ${controller.kind} ${controller.name} applied before is not known (${answer.reason}), so objects that were removed from git are found by their labels only`;
    const notChecked = { reason, place: origin, object: controller, environment };
    return { ...nothing, notChecked, recorded: true };
  }
  if (!answer.object) return { ...nothing, recorded: true };
  const prunes = own(own(answer.object, 'spec'), 'prune') !== false;
  const keeps = keepingOption(textsAt(answer.object, 'spec', 'syncPolicy', 'syncOptions'));
  const inventory = inventoryOf(answer.object);
  return {
    application,
    deployer: { ...deployer, prunes, ...(keeps === undefined ? {} : { keeps }) },
    named: unknown(inventory, known),
    controller: answer.object,
    recorded: inventory.length > 0 || deployer.engine !== 'helm',
  };
}

function unknown(named: readonly Resource[], known: ReadonlySet<string>): Map<string, Resource> {
  const entries = named.map(item => [resourceKey(item), item] as const);
  return new Map(entries.filter(([key]) => !known.has(key)));
}

/** What Helm deployed last, by its own record. */
async function withRelease(
  record: Recorded,
  { cluster, schemas, environment, signal }: RecordsInput,
  known: ReadonlySet<string>,
): Promise<EngineRecord> {
  const { application, deployer, controller } = record;
  if (deployer.engine !== 'helm' || !cluster.helmRelease) return record;
  const stored = controller && textAt(controller, 'spec', 'storageNamespace');
  const namespace = stored ?? application.controller?.namespace ?? deployer.namespace;
  const answer = await cluster.helmRelease({ namespace, name: deployer.name }, signal);
  const released = answer.ok && answer.object ? releasedObjects(answer.object) : undefined;
  if (released) {
    const placed = released.flatMap(object => {
      const resource = resourceOf(object);
      return resource
        ? { object, resource: effectiveResource(resource, deployer.namespace, schemas) }
        : [];
    });
    const objects = new Map(placed.map(({ object, resource }) => [resourceKey(resource), object]));
    const resources = placed.map(({ resource }) => resource);
    return { ...record, named: unknown(resources, known), released: objects };
  }
  if (answer.ok && !answer.object) return record;
  const why = answer.ok ? 'its Secret cannot be read' : answer.reason;
  const reason = `What the Helm release ${deployer.name} deployed before is not known (${why}), so objects that were removed from git are found by their marks only`;
  const place = application.origin;
  return { ...record, notChecked: { reason, place, environment: environment.name } };
}
