import type { Pointer } from '../model/path.ts';
import { isObject, type Json, type JsonObject, parseApiVersion } from '../model/resource.ts';
import { kindText } from './field.ts';
import { podTemplates } from './table/pods.ts';
import { Trie } from './trie.ts';

/** What a selector chooses from: the pods of any kind, its own object's pods, or objects of a kind (`group/Kind`). */
export type Selected = 'pods' | 'own-pods' | string;

/** A field that chooses objects by their labels. */
export interface SelectorField {
  of: readonly string[];
  /** As in `ReferenceField`: to the map of labels itself. */
  path: string;
  to: Selected;
  /** `own`: of the same namespace; `any`: others may be meant too. */
  namespace: 'own' | 'any';
}

const workloads = [
  'apps/DaemonSet',
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'argoproj.io/Rollout',
  'batch/Job',
];

const monitoring = 'monitoring.coreos.com';

const fixed: readonly SelectorField[] = [
  { of: workloads, path: 'spec.selector.matchLabels', to: 'own-pods', namespace: 'own' },
  { of: ['ReplicationController'], path: 'spec.selector', to: 'own-pods', namespace: 'own' },
  { of: ['Service'], path: 'spec.selector', to: 'pods', namespace: 'own' },
  {
    of: ['policy/PodDisruptionBudget'],
    path: 'spec.selector.matchLabels',
    to: 'pods',
    namespace: 'own',
  },
  {
    of: ['networking.k8s.io/NetworkPolicy'],
    path: 'spec.podSelector.matchLabels',
    to: 'pods',
    namespace: 'own',
  },
  {
    of: ['networking.k8s.io/NetworkPolicy'],
    path: 'spec.{ingress[].from[],egress[].to[]}.podSelector.matchLabels',
    to: 'pods',
    namespace: 'any',
  },
  {
    of: [`${monitoring}/ServiceMonitor`],
    path: 'spec.selector.matchLabels',
    to: 'Service',
    namespace: 'any',
  },
  {
    of: [`${monitoring}/PodMonitor`],
    path: 'spec.selector.matchLabels',
    to: 'pods',
    namespace: 'any',
  },
  ...['serviceMonitor', 'podMonitor', 'rule', 'probe', 'scrapeConfig'].map(what => ({
    of: [`${monitoring}/Prometheus`, `${monitoring}/PrometheusAgent`],
    path: `spec.${what}Selector.matchLabels`,
    to: `${monitoring}/${what === 'rule' ? 'PrometheusRule' : what[0]?.toUpperCase() + what.slice(1)}`,
    namespace: 'any' as const,
  })),
  {
    of: ['cilium.io/CiliumNetworkPolicy'],
    path: 'spec.endpointSelector.matchLabels',
    to: 'pods',
    namespace: 'own',
  },
];

const affinity = 'spec.affinity.{podAffinity,podAntiAffinity}';
const inPods = [
  `${affinity}.requiredDuringSchedulingIgnoredDuringExecution[].labelSelector.matchLabels`,
  `${affinity}.preferredDuringSchedulingIgnoredDuringExecution[].podAffinityTerm.labelSelector.matchLabels`,
  'spec.topologySpreadConstraints[].labelSelector.matchLabels',
];

/** Every field that is known to choose by labels. */
export const selectorFields: readonly SelectorField[] = [
  ...fixed,
  ...podTemplates.flatMap(({ of, path }) =>
    inPods.map(inner => ({
      of,
      path: below(path, inner),
      to: 'pods',
      namespace: 'any' as const,
    })),
  ),
];

export interface Selector {
  /** To the map of labels. */
  pointer: Pointer;
  labels: Record<string, string>;
  to: Selected;
  namespace: 'own' | 'any';
}

/** A map of labels that an object, or the pods of its template, carry. */
export interface Labels {
  pointer: Pointer;
  labels: Record<string, string>;
  /** `pods` for those of a template, and of a Pod itself. */
  of: 'object' | 'pods';
}

/** The selectors of an object that choose by labels they list; an empty one chooses everything and is left out. */
export function selectorsOf(object: JsonObject): Selector[] {
  const found: Selector[] = [];
  selectorTries.get(kindOf(object))?.walk(object, ({ row, value, pointer }) => {
    const labels = textsOf(value);
    if (Object.keys(labels).length > 0)
      found.push({ pointer, labels, to: row.to, namespace: row.namespace });
  });
  return found;
}

/** The labels that an object and its pods have. */
export function labelsOf(object: JsonObject): Labels[] {
  const found: Labels[] = [];
  const add = (pointer: Pointer, value: Json, of: Labels['of']) =>
    found.push({ pointer, labels: textsOf(value), of });
  const kind = kindOf(object);
  const metadata = object.metadata;
  if (isObject(metadata) && metadata.labels !== undefined)
    add(['metadata', 'labels'], metadata.labels, kind === 'Pod' ? 'pods' : 'object');
  if (kind === 'Pod') return found;
  templateTries.get(kind)?.walk(object, ({ value, pointer }) => add(pointer, value, 'pods'));
  return found;
}

const selectorTries = triesBy(selectorFields, ({ of, path }) => ({ of, path }));
const templateTries = triesBy(podTemplates, ({ of, path }) => ({
  of,
  path: below(path, 'metadata.labels'),
}));

function triesBy<Row>(
  rows: readonly Row[],
  where: (row: Row) => { of: readonly string[]; path: string },
): ReadonlyMap<string, Trie<Row>> {
  const byKind = new Map<string, Trie<Row>>();
  for (const row of rows) {
    const { of, path } = where(row);
    for (const kind of of) {
      const trie = byKind.get(kind) ?? new Trie<Row>();
      byKind.set(kind, trie);
      trie.add(path, row);
    }
  }
  return byKind;
}

function kindOf({ apiVersion, kind }: JsonObject): string {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return '';
  return kindText({ group: parseApiVersion(apiVersion).group, kind });
}

function below(path: string, inner: string): string {
  return path === '' ? inner : `${path}.${inner}`;
}

function textsOf(value: Json): Record<string, string> {
  const entries = Object.entries(isObject(value) ? value : {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
