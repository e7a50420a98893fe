import type { ApplicationState, EnvironmentState, ObjectState } from '../../core/live/state.ts';
import type { DriftState } from '../../core/model/drift.ts';
import type { NotChecked } from '../../core/model/finding.ts';
import { resourceText } from '../../core/model/resource.ts';
import { causesOf, causeWords, whyText } from '../../core/words/causes.ts';
import { changeText } from '../../core/words/change.ts';
import { isFetchable } from '../../core/words/fetchable.ts';
import { shortPaths } from '../../core/words/short-path.ts';
import { asOf } from '../../core/words/stale.ts';
import { quantity, stateWords } from '../../core/words/states.ts';
import { printable } from '../../core/words/values.ts';
import { takeTitle } from '../../lsp/difference-titles.ts';
import type { EnvironmentNode, ObjectNode, RemovedNode } from './node.ts';
import { faded, type StateIcon, stateIcons, waitingIcon } from './state-icon.ts';
import { countsText, drifts, environmentWords, revisionText, worstState } from './words.ts';

/** How a line of the view looks and is spoken: everything a tree item needs, nothing of the editor's in it. */
export interface Description {
  label: string;
  description: string;
  icon?: StateIcon;
  /** What can be done with it, one word each; menus match them. */
  capabilities: string[];
  /** Spoken instead of label, description and icon. */
  spoken: string;
  folding: 'none' | 'folded' | 'open';
}

export function describeNode(node: EnvironmentNode, now: Date): Description {
  switch (node.kind) {
    case 'environment':
      return describeEnvironment(node.environment, now);
    case 'application':
      return describeApplication(node.application, node.environment, now);
    case 'object':
      return describeObject(node, now);
    case 'field':
      return describeField(node.parent, node.path.path, now);
    case 'group':
      return describeGroup(node.state, node.objects.length);
    case 'removed':
      return describeRemoved(node);
    case 'not-checked':
      return describeNotChecked(node.entry);
  }
}

function describeEnvironment(environment: EnvironmentState, now: Date): Description {
  const { name, applications, phase, cluster, stale } = environment;
  const words = [
    environmentWords(environment, now),
    ...revisionWords(environment),
    ...(environment.protected ? ['protected'] : []),
  ];
  return {
    label: printable(name),
    description: words.map(printable).join(' · '),
    icon:
      phase === 'waiting'
        ? waitingIcon
        : faded(stateIcons[stateOf(environment)], stale !== undefined),
    capabilities: [
      'environment',
      ...(phase === 'compared' ? driftWord(applications) : []),
      ...(environment.protected ? ['protected'] : []),
      cluster.kind === 'none' ? 'clusterless' : cluster.kind === 'snapshot' ? 'snapshot' : 'live',
      ...verbsOf(environment),
    ],
    spoken: [`Environment ${name}`, ...words].join(', '),
    folding: phase === 'waiting' ? 'none' : drifts(applications) ? 'open' : 'folded',
  };
}

function stateOf({ phase, counts, applications }: EnvironmentState): DriftState {
  return phase === 'compared' ? worstState(counts, applications) : 'unknown';
}

/** What the engine applied last, where it is not what the repository says: `2 commits behind`. */
function revisionWords({ branch, revision, deployed }: EnvironmentState): string[] {
  if (deployed?.behind) return [`${quantity(deployed.behind, 'commit')} behind`];
  return [revisionText(deployed?.revision ?? revision, branch)];
}

/** A verb of an environment exists where one of its applications has it. */
function verbsOf(environment: EnvironmentState): string[] {
  if (environment.cluster.kind !== 'context') return [];
  return environment.applications.some(({ can }) => can.includes('sync')) ? ['sync'] : [];
}

function describeApplication(
  application: ApplicationState,
  environment: EnvironmentState,
  now: Date,
): Description {
  const { name, counts, deployed, health, suspended, trouble, objects } = application;
  const { stale } = objects.find(object => object.stale) ?? {};
  const worst = worstState(counts, [application]);
  const state = trouble !== undefined && worst === 'synced' ? 'unknown' : worst;
  const words = [
    environment.phase !== 'compared'
      ? environmentWords(environment, now)
      : trouble !== undefined && worst === 'unknown'
        ? `not checked: ${trouble}`
        : asOf(stale, countsText(counts), now),
    ...(deployed === undefined ? [] : [revisionText(deployed, environment.branch)]),
    ...(health === undefined || health.status === 'None' ? [] : [health.status]),
    ...(suspended && health?.status !== 'Suspended' ? ['Suspended'] : []),
  ];
  return {
    label: printable(name),
    description: words.map(printable).join(' · '),
    icon:
      environment.phase === 'waiting' ? waitingIcon : faded(stateIcons[state], stale !== undefined),
    capabilities: [
      'application',
      ...driftWord([application]),
      ...verbs(application, environment),
      'rollback',
      ...fetchWord(trouble),
    ],
    spoken: [`Application ${name}`, ...words].join(', '),
    folding: drifts([application]) ? 'open' : 'folded',
  };
}

function verbs({ can, suspended }: ApplicationState, { cluster }: EnvironmentState): string[] {
  if (cluster.kind !== 'context') return [];
  return can.filter(verb => (suspended ? verb !== 'suspend' : verb !== 'resume'));
}

function describeObject({ object, application }: ObjectNode, now: Date): Description {
  const { resource, state, health, paths, stale } = object;
  const words = [
    asOf(stale, stateText(object), now),
    ...causesOf(object).map(kind => causeWords[kind]),
    ...(health === undefined || health.status === 'None' ? [] : [health.status]),
    ...(spansNamespaces(application) && resource.namespace !== '' ? [resource.namespace] : []),
  ];
  return {
    label: printable(`${resource.kind} ${resource.name}`),
    description: words.map(printable).join(' · '),
    icon: faded(stateIcons[state], stale !== undefined),
    capabilities: ['object', state, ...(object.source === undefined ? [] : ['source'])],
    spoken: [resourceText(resource), ...words].join(', '),
    folding: paths.length > 0 ? 'folded' : 'none',
  };
}

/** `2 fields drifted`, `missing`, `not checked: the chart …`. */
function stateText({ state, paths, reason, kept }: ObjectState): string {
  if (state === 'drifted' && paths.length > 0) return `${quantity(paths.length, 'field')} drifted`;
  const word = removedWord({ state, kept }) ?? stateWords[state];
  const told = toldStates.includes(state) && (state !== 'prune-candidate' || kept === true);
  return told && reason !== undefined ? `${word}: ${reason}` : word;
}

/** States whose reason is told beside them. */
const toldStates: readonly DriftState[] = [
  'unknown',
  'invalid',
  'skipped',
  'prune-candidate',
  'orphan',
];

/** What comes of something that no manifest declares any more. */
function removedWord({ state, kept }: Pick<ObjectState, 'state' | 'kept'>): string | undefined {
  if (state === 'orphan') return 'orphaned';
  if (state !== 'prune-candidate') return undefined;
  return kept === true ? 'kept' : 'will be pruned';
}

const spanning = new WeakMap<ApplicationState, boolean>();

/** True where objects of an application are in several namespaces, so that each line says which. */
export function spansNamespaces(application: ApplicationState): boolean {
  const known = spanning.get(application);
  if (known !== undefined) return known;
  const namespaces = application.objects.map(({ resource }) => resource.namespace);
  const found = new Set(namespaces.filter(namespace => namespace !== '')).size > 1;
  spanning.set(application, found);
  return found;
}

function describeField({ object }: ObjectNode, wanted: string, now: Date): Description {
  const path = object.paths.find(({ path }) => path === wanted);
  const label = shortPaths(object.paths.map(({ path }) => path)).get(wanted) ?? wanted;
  if (path === undefined) throw new Error(`${wanted} is no path of its object`);
  const { desired, live } = changeText(object.resource, path);
  const owners = whyText(path, now);
  const description = [`${desired} → ${live}`, ...(owners === '' ? [] : [owners])].join(' · ');
  return {
    label,
    description,
    capabilities: [
      'field',
      ...(takeTitle(object.resource, path) === undefined ? [] : ['takeable']),
    ],
    spoken: `${label}, ${desired} in the repository, runs as ${live}${owners === '' ? '' : `, ${owners}`}`,
    folding: 'none',
  };
}

function describeGroup(state: DriftState, count: number): Description {
  const label = `${count} ${stateWords[state]}`;
  return {
    label,
    description: '',
    icon: stateIcons[state],
    capabilities: ['group'],
    spoken: label,
    folding: 'folded',
  };
}

function describeRemoved({ objects }: RemovedNode): Description {
  const counted = Map.groupBy(objects, object => removedWord(object) ?? '');
  const words = [...counted].map(([word, of]) => `${of.length} ${word}`).join(', ');
  const isPruned = counted.has('will be pruned');
  return {
    label: 'Removed from git',
    description: words,
    icon: stateIcons[isPruned ? 'prune-candidate' : 'orphan'],
    capabilities: ['group', 'removed'],
    spoken: `Removed from git: ${words}`,
    folding: isPruned ? 'open' : 'folded',
  };
}

function describeNotChecked({ reason, object, place }: NotChecked): Description {
  const label = object === undefined ? (place?.file ?? 'Not checked') : resourceText(object);
  const description = label === 'Not checked' ? reason : `${stateWords.unknown}: ${reason}`;
  return {
    label: printable(label),
    description: printable(description),
    icon: stateIcons.unknown,
    capabilities: ['notChecked', ...fetchWord(reason)],
    spoken: `${label}, ${description}`,
    folding: 'none',
  };
}

/** Where a chart is missing, it can be fetched. */
function fetchWord(reason: string | undefined): string[] {
  return isFetchable(reason) ? ['fetch'] : [];
}

function driftWord(applications: readonly ApplicationState[]): string[] {
  return drifts(applications) ? ['drifted'] : [];
}
