import { type Cluster, isType } from '../../cluster/cluster.ts';
import { UserError } from '../../lib/errors.ts';
import { sentence } from '../../lib/sentence.ts';
import type { Application, Environment } from '../../model/environment.ts';
import { objectAt, textAt } from '../../model/fields.ts';
import { resourceKey } from '../../model/resource.ts';
import { placeText } from '../../model/source.ts';
import { nearestName } from '../../schemas/nearest.ts';
import type { Workspace } from '../../workspace.ts';

export interface Pinned {
  environment: Environment;
  cluster: Cluster;
  /** Of its `kube-system`, as it was read a moment ago; the pinned one. */
  uid: string;
}

/**
 * Opens the cluster that an environment is pinned to. Throws a UserError where nothing may be changed: in an
 * untrusted folder, offline, with a broken driftline.yaml, without a pin, in another cluster.
 */
export async function openPinned(
  workspace: Workspace,
  name: string,
  signal?: AbortSignal,
): Promise<Pinned> {
  if (!workspace.host.trusted())
    throw new UserError(
      `A cluster is changed from a trusted folder only, because the folder says which one and how: trust it (on the command line with --trust).`,
    );
  const { problems } = await workspace.discovery();
  const broken = problems.find(({ severity }) => severity === 'error');
  if (broken)
    throw new UserError(
      `Nothing is changed while driftline.yaml is wrong: ${placeText(broken)}: ${sentence(broken.message)}`,
    );
  const [environment] = await workspace.choose([name]);
  if (!environment) throw new UserError(`There is no environment named ${name}.`);
  const { cluster: target } = environment;
  if (target.kind === 'none') throw new UserError(`${name}: ${sentence(target.reason)}`);
  if (target.kind === 'snapshot')
    throw new UserError(
      `${name} is compared with the snapshot ${target.file}, which cannot be changed: give it a cluster in driftline.yaml, as cluster: { context, uid }.`,
    );
  const opened = await workspace.connect(environment);
  if (!opened.ok) throw new UserError(`${name}: ${sentence(opened.reason)}`);
  const { cluster } = opened;
  const uid = await readUid(cluster, name, signal);
  if (target.uid === undefined) throw new UserError(unpinned(name, target.context, uid));
  if (target.uid !== uid)
    throw new UserError(
      `The context "${target.context}" leads to another cluster (${uid}) than ${name} is pinned to (${target.uid}), so that nothing was changed: correct the context or the uid.`,
    );
  return { environment, cluster, uid };
}

/** Read anew: a context may lead elsewhere since the connection was opened. */
async function readUid(cluster: Cluster, name: string, signal?: AbortSignal): Promise<string> {
  const system = {
    group: '',
    version: 'v1',
    kind: 'Namespace',
    namespace: '',
    name: 'kube-system',
  };
  const discovery = await cluster.discovery(signal);
  const type = discovery.ok ? discovery.resources.find(each => isType(each, system)) : undefined;
  const answer = type && (await cluster.get(type, system, signal));
  const uid = answer?.ok ? textAt(objectAt(answer.object, 'metadata'), 'uid') : undefined;
  if (uid !== undefined) return uid;
  const why = answer?.ok === false ? `: ${answer.reason}` : '';
  throw new UserError(
    sentence(
      `Nothing shows to which cluster ${name} leads, because the UID of its namespace kube-system cannot be read${why}`,
    ),
  );
}

function unpinned(name: string, context: string, uid: string): string {
  return `${name} is not pinned to a cluster, so that nothing is changed: if the context "${context}" leads to the right one now, pin it in driftline.yaml with cluster: { context: ${context}, uid: ${uid} } (the UID of its namespace kube-system).`;
}

/** What is told to an engine at once: the applications of one controller, or a single one. */
export interface Unit {
  application: Application;
  /** Names of all of it. */
  names: string[];
}

/**
 * The chosen application, or all, those first that others depend on. Throws a UserError for a name that there
 * is not.
 */
export function unitsOf(environment: Environment, name: string | undefined): Unit[] {
  const { applications } = environment;
  const chosen = applications.filter(each => name === undefined || each.name === name);
  if (chosen.length === 0) throw new UserError(noApplication(environment, name));
  const units = new Map<string, Unit>();
  for (const application of inOrder(chosen)) {
    const { controller } = application;
    const key = controller ? resourceKey(controller) : application.name;
    const unit = units.get(key);
    if (unit) unit.names.push(application.name);
    else units.set(key, { application, names: [application.name] });
  }
  return [...units.values()];
}

function noApplication({ name, applications }: Environment, wanted: string | undefined): string {
  const known = applications.map(each => each.name);
  if (wanted === undefined) return `${name} has no application.`;
  const near = nearestName(wanted, known);
  const hint = near ? `did you mean ${near}?` : `there are: ${known.join(', ') || 'none'}.`;
  return `${name} has no application named ${wanted}; ${hint}`;
}

/** Depth first; where applications wait for each other in a ring, the one that is named first begins. */
function inOrder(applications: readonly Application[]): Application[] {
  const ordered = new Set<Application>();
  const seen = new Set<Application>();
  const visit = (application: Application) => {
    if (seen.has(application)) return;
    seen.add(application);
    for (const each of applications) if (application.dependsOn.includes(each.name)) visit(each);
    ordered.add(application);
  };
  for (const application of applications) visit(application);
  return [...ordered];
}
