import type { ApiResource } from '../../../cluster/cluster.ts';
import { isObject, type Json, type JsonObject } from '../../../model/resource.ts';
import { metadataMap } from '../../values.ts';
import type { Constraints, Mutation, ResourceRule } from './configurations.ts';

/** What is written: the type, and the object as it runs and as it is declared. */
export interface Written {
  type: ApiResource;
  name: string;
  live: JsonObject;
  desired: JsonObject;
  /** Labels of its namespace; undefined where they are not known or it has none. */
  namespaceLabels: Readonly<Record<string, string>> | undefined;
}

/**
 * True when an update of the object is shown to a webhook or policy (drift.md 3.4). Where it cannot be told (CEL
 * conditions, a namespace that may not be read) it counts as shown.
 */
export function isShownTo({ constraints }: Mutation, written: Written): boolean {
  // The server keeps its own admission out of everybody's reach.
  if (written.type.group === 'admissionregistration.k8s.io') return false;
  return constraints.every(each => satisfies(each, written));
}

/** True where the labels of the object's namespace are needed to tell. */
export function needsNamespace({ constraints }: Mutation): boolean {
  return constraints.some(({ namespaceSelector }) =>
    requirements(namespaceSelector).some(({ key }) => key !== nameLabel),
  );
}

/** Every namespace has it, with its own name. */
export const nameLabel = 'kubernetes.io/metadata.name';

function satisfies(constraints: Constraints, written: Written): boolean {
  const { rules, excluded, namespaceSelector, objectSelector } = constraints;
  if (rules && !rules.some(rule => ruleMatches(rule, written))) return false;
  if (excluded.some(rule => ruleMatches(rule, written))) return false;
  return (
    namespaceMatches(namespaceSelector, written) &&
    [written.live, written.desired].some(object =>
      labelsMatch(objectSelector, metadataMap(object, 'labels')),
    )
  );
}

function ruleMatches(rule: ResourceRule, { type, name }: Written): boolean {
  const has = (list: readonly string[], value: string) =>
    list.includes('*') || list.includes(value);
  const scope = type.namespaced ? 'Namespaced' : 'Cluster';
  return (
    has(rule.operations, 'UPDATE') &&
    has(rule.groups, type.group) &&
    (rule.versions === undefined || has(rule.versions, type.version)) &&
    (rule.scope === '*' || rule.scope === scope) &&
    (rule.names.length === 0 || rule.names.includes(name)) &&
    rule.resources.some(entry => {
      const [resource = '', subresource = ''] = entry.split('/');
      const isIt = resource === '*' || resource === type.resource;
      return isIt && (subresource === '' || subresource === '*');
    })
  );
}

/** Objects of cluster-scoped kinds are in no namespace, so that none is looked at; a Namespace is its own. */
function namespaceMatches(selector: JsonObject, written: Written): boolean {
  const { type, live } = written;
  if (type.group === '' && type.kind === 'Namespace')
    return labelsMatch(selector, metadataMap(live, 'labels'));
  if (!type.namespaced) return true;
  const { namespaceLabels } = written;
  return namespaceLabels === undefined || labelsMatch(selector, namespaceLabels);
}

interface Requirement {
  key: string;
  operator: string;
  values: string[];
}

function requirements(selector: JsonObject): Requirement[] {
  const { matchLabels, matchExpressions } = selector;
  const labels = Object.entries(isObject(matchLabels) ? matchLabels : {});
  const expressions = Array.isArray(matchExpressions) ? matchExpressions.filter(isObject) : [];
  return [
    ...labels.map(([key, value]) => ({ key, operator: 'In', values: [String(value)] })),
    ...expressions.map(({ key, operator, values }) => ({
      key: String(key),
      operator: String(operator),
      values: texts(values),
    })),
  ];
}

/** A label selector of the API; an empty one selects everything. */
export function labelsMatch(
  selector: JsonObject,
  labels: Readonly<Record<string, string>>,
): boolean {
  return requirements(selector).every(({ key, operator, values }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      default:
        return true;
    }
  });
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}
