import type { ApplicationState, EnvironmentState, ObjectState } from '../../core/live/state.ts';
import type { DriftPath, DriftState } from '../../core/model/drift.ts';
import type { NotChecked } from '../../core/model/finding.ts';
import { type Resource, resourceKey } from '../../core/model/resource.ts';
import type { Place } from '../../core/model/source.ts';
import type { WorkspaceState } from '../../lsp/protocol.ts';
import { type Filter, filterWithin, keepsApplication, keepsObject, keptFields } from './filter.ts';

/** One line of the Environments view and what it stands for. Its id is the identity of that, and stays. */
export type EnvironmentNode = { id: string } & (
  | { kind: 'environment'; environment: EnvironmentState }
  | { kind: 'application'; environment: EnvironmentState; application: ApplicationState }
  | ObjectNode
  | { kind: 'field'; parent: ObjectNode; path: DriftPath }
  | GroupNode
  | RemovedNode
  | { kind: 'not-checked'; entry: NotChecked; environment?: EnvironmentState }
);

export interface ObjectNode {
  id: string;
  kind: 'object';
  environment: EnvironmentState;
  application: ApplicationState;
  object: ObjectState;
}

/** Objects that nobody has to act on, folded under one line: `41 in sync`. */
export interface GroupNode {
  id: string;
  kind: 'group';
  environment: EnvironmentState;
  application: ApplicationState;
  state: DriftState;
  objects: ObjectState[];
}

/** What runs and no manifest declares any more: what the next apply prunes, what its owner keeps, what nobody removes. */
export interface RemovedNode {
  id: string;
  kind: 'removed';
  environment: EnvironmentState;
  application: ApplicationState;
  /** What will be pruned comes first. */
  objects: ObjectState[];
}

/** What a command is about, as far as it is known. */
export interface Target {
  environment?: string;
  application?: string;
  object?: Resource;
}

/** States that are folded, in the order in which their groups stand. */
const quiet: readonly DriftState[] = ['unknown', 'untracked', 'skipped', 'synced'];
const gone: readonly DriftState[] = ['prune-candidate', 'orphan'];

/** The first level: environments, then what belongs to none. */
export function rootNodes(state: WorkspaceState): EnvironmentNode[] {
  return [
    ...state.environments.map(environment => environmentNode(environment)),
    ...state.unresolved.map((entry, index) => notCheckedNode(entry, index)),
  ];
}

export function childNodes(node: EnvironmentNode, filter: Filter): EnvironmentNode[] {
  switch (node.kind) {
    case 'environment':
      return inEnvironment(node.environment, filter);
    case 'application':
      return inApplication(node.environment, node.application, filter);
    case 'group':
    case 'removed':
      return node.objects.map(object => objectNode(node, object));
    case 'object':
      return node.object.paths.map(path => ({
        id: idOf(node.id, path.path),
        kind: 'field' as const,
        parent: node,
        path,
      }));
    default:
      return [];
  }
}

export function targetOf(node: EnvironmentNode): Target {
  if (node.kind === 'field') return targetOf(node.parent);
  if (node.kind === 'not-checked')
    return { environment: node.environment?.name, object: node.entry.object };
  const environment = node.environment.name;
  if (node.kind === 'environment') return { environment };
  const application = node.application.name;
  return node.kind === 'object'
    ? { environment, application, object: node.object.resource }
    : { environment, application };
}

/** The line that decides it; undefined for what is in no file. */
export function placeOf(node: EnvironmentNode): Place | undefined {
  switch (node.kind) {
    case 'field':
      return node.path.source ?? node.parent.object.source;
    case 'object':
      return node.object.source ?? node.object.paths.find(path => path.source)?.source;
    case 'not-checked':
      return node.entry.place;
    case 'application':
      return node.application.origin;
    case 'environment':
      return node.environment.origin;
    default:
      return undefined;
  }
}

function inEnvironment(environment: EnvironmentState, filter: Filter): EnvironmentNode[] {
  const applications = environment.applications.filter(application =>
    keepsApplication(filter, application),
  );
  const notChecked = filter.kind === 'everything' ? environment.notChecked : [];
  return [
    ...applications.map(application => ({
      id: idOf(environment.name, 'application', application.name),
      kind: 'application' as const,
      environment,
      application,
    })),
    ...notChecked.map((entry, index) => notCheckedNode(entry, index, environment)),
  ];
}

function inApplication(
  environment: EnvironmentState,
  application: ApplicationState,
  filter: Filter,
): EnvironmentNode[] {
  const within = filterWithin(filter, application);
  const kept = application.objects
    .filter(object => keepsObject(within, object))
    .map(object => keptFields(within, object));
  const parent = { environment, application };
  const groups = quiet.flatMap(state => {
    const objects = kept.filter(object => object.state === state);
    const id = idOf(environment.name, 'group', application.name, state);
    return objects.length === 0 ? [] : [{ id, kind: 'group' as const, ...parent, state, objects }];
  });
  return [
    ...kept
      .filter(({ state }) => !quiet.includes(state) && !gone.includes(state))
      .map(object => objectNode(parent, object)),
    ...removedNodes(parent, kept),
    ...groups,
  ];
}

function removedNodes(
  parent: Pick<RemovedNode, 'environment' | 'application'>,
  all: readonly ObjectState[],
): RemovedNode[] {
  const rank = ({ state, kept }: ObjectState) => (kept ? 1 : gone.indexOf(state) * 2);
  const objects = all.filter(({ state }) => gone.includes(state)).sort((a, b) => rank(a) - rank(b));
  const id = idOf(parent.environment.name, 'removed', parent.application.name);
  return objects.length === 0 ? [] : [{ id, kind: 'removed', ...parent, objects }];
}

/** The editor keeps how a line was folded at first; one that is not compared is another line. */
function environmentNode(environment: EnvironmentState): EnvironmentNode {
  const { name, phase } = environment;
  const id = phase === 'compared' ? idOf(name) : idOf(name, phase);
  return { id, kind: 'environment', environment };
}

function objectNode(
  { environment, application }: Pick<ObjectNode, 'environment' | 'application'>,
  object: ObjectState,
): ObjectNode {
  const id = idOf(environment.name, 'object', application.name, resourceKey(object.resource));
  return { id, kind: 'object', environment, application, object };
}

function notCheckedNode(
  entry: NotChecked,
  index: number,
  environment?: EnvironmentState,
): EnvironmentNode {
  const id = idOf(environment?.name ?? '', 'not-checked', String(index));
  return { id, kind: 'not-checked', entry, ...(environment && { environment }) };
}

/** Parts that hold the separator themselves cannot make two ids equal. */
function idOf(...parts: string[]): string {
  return parts.map(encodeURIComponent).join('/');
}
