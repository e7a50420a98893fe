import { isObject, type Json, type JsonObject } from '../../../model/resource.ts';

/** One thing in the cluster that may rewrite objects while they are written: a webhook, or a policy with its binding. */
export interface Mutation {
  /** As people know it: `webhook image-mirror.example.com`. */
  name: string;
  /** What it is asked about; several must all agree (a policy's and its binding's). */
  constraints: Constraints[];
  /** True where CEL conditions may leave an object out: nobody here can tell. */
  conditional: boolean;
  /** The webhook's own name. */
  webhook?: string;
}

export interface Constraints {
  rules: ResourceRule[] | undefined;
  excluded: ResourceRule[];
  namespaceSelector: JsonObject;
  objectSelector: JsonObject;
}

export interface ResourceRule {
  operations: string[];
  groups: string[];
  /** Undefined where other versions of the same type count, too (`matchPolicy: Equivalent`). */
  versions: string[] | undefined;
  resources: string[];
  scope: string;
  /** Empty for all. */
  names: string[];
}

/** The webhooks of `MutatingWebhookConfiguration`s. */
export function webhookMutations(configurations: readonly JsonObject[]): Mutation[] {
  return configurations.flatMap(configuration =>
    objects(configuration.webhooks).map(webhook => ({
      name: `webhook ${text(webhook.name)}`,
      webhook: text(webhook.name),
      constraints: [
        {
          rules: rulesOf(webhook.rules, webhook.matchPolicy),
          excluded: [],
          ...selectorsOf(webhook),
        },
      ],
      conditional: objects(webhook.matchConditions).length > 0,
    })),
  );
}

/** `MutatingAdmissionPolicy`s that a binding brings into force; others do nothing. */
export function policyMutations(
  policies: readonly JsonObject[],
  bindings: readonly JsonObject[],
): Mutation[] {
  const named = new Map(policies.map(policy => [nameOf(policy), policy]));
  return bindings.flatMap(binding => {
    const bound = map(binding.spec);
    const policy = named.get(text(bound.policyName));
    if (policy === undefined) return [];
    const spec = map(policy.spec);
    const { matchConditions, matchConstraints } = spec;
    const mine = isObject(bound.matchResources) ? [constraintsOf(bound.matchResources)] : [];
    return {
      name: `policy ${nameOf(policy)}`,
      constraints: [constraintsOf(map(matchConstraints)), ...mine],
      conditional: objects(matchConditions).length > 0,
    };
  });
}

function constraintsOf(match: JsonObject): Constraints {
  const { resourceRules, excludeResourceRules, matchPolicy } = match;
  return {
    // A binding without rules of its own takes the policy's.
    rules: resourceRules === undefined ? undefined : rulesOf(resourceRules, matchPolicy),
    excluded: rulesOf(excludeResourceRules, 'Exact'),
    ...selectorsOf(match),
  };
}

function rulesOf(rules: Json | undefined, matchPolicy: Json | undefined): ResourceRule[] {
  return objects(rules).map(rule => ({
    operations: texts(rule.operations),
    groups: texts(rule.apiGroups),
    versions: matchPolicy === 'Exact' ? texts(rule.apiVersions) : undefined,
    resources: texts(rule.resources),
    scope: text(rule.scope) || '*',
    names: texts(rule.resourceNames),
  }));
}

function selectorsOf({ namespaceSelector, objectSelector }: JsonObject) {
  return { namespaceSelector: map(namespaceSelector), objectSelector: map(objectSelector) };
}

function nameOf(object: JsonObject): string {
  return text(map(object.metadata).name);
}

function map(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
