import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';

/** What a map of a case may hold; `true` is any value, a map says it of the value or of the items of a list. */
export interface Known {
  [key: string]: true | Known;
}

const rule: Known = {
  group: true,
  kind: true,
  name: true,
  namespace: true,
  jsonPointers: true,
  jqPathExpressions: true,
  managedFieldsManagers: true,
};

const target: Known = {
  group: true,
  version: true,
  kind: true,
  name: true,
  namespace: true,
  labelSelector: true,
  annotationSelector: true,
};

const fluxOptions: Known = {
  ignore: { paths: true, target },
  postBuild: true,
  name: true,
  namespace: true,
  prune: true,
  inventory: true,
  driftDetection: true,
};

const argoOptions: Known = {
  ignoreDifferences: rule,
  /** Keyed by `group/kind`. */
  systemOverrides: true,
  compareOptions: { ignoreResourceStatusField: true, ignoreAggregatedRoles: true },
  appName: true,
  appNamespace: true,
  trackingMethod: true,
  instanceLabelKey: true,
  installationID: true,
  resources: true,
};

const dryRun: Known = {
  allowed: true,
  status: true,
  message: true,
  equalsLive: true,
  raced: true,
};

const path: Known = {
  path: true,
  kind: true,
  desired: true,
  live: true,
  becomes: true,
  by: { manager: true, operation: true, subresource: true },
  sure: true,
  message: true,
};

const testCase: Known = {
  id: true,
  group: true,
  why: true,
  src: true,
  note: true,
  owner: { tool: true, manager: true, mode: true },
  desired: true,
  desiredList: true,
  desiredText: true,
  live: true,
  previous: true,
  options: {
    flux: fluxOptions,
    argocd: argoOptions,
    volatilePaths: true,
    defaultNamespace: true,
    namespaceExists: true,
    dryRun,
    list: true,
    get: true,
    repoCRDs: true,
  },
  expect: {
    state: true,
    local: true,
    paths: path,
    localPaths: path,
    extra: { path: true, by: true, operation: true, subresource: true },
    applyRejected: true,
    recreate: true,
    confirmed: true,
    equivalent: true,
    reason: true,
    hint: true,
    warning: true,
    pruneBlocked: true,
    suggests: true,
  },
  oracle: { result: true, error: true },
};

const override: Known = {
  ignoreDifferences: rule,
  knownTypeFields: { field: true, type: true },
};

/**
 * Keys of a case that this program does not know, as `options.dryRun.body`: it must not be run as if they were
 * not there.
 */
export function unknownKeys(test: JsonObject): string[] {
  const overrides =
    isObject(test.options) && isObject(test.options.argocd) ? test.options.argocd : {};
  const systems = isObject(overrides.systemOverrides) ? overrides.systemOverrides : {};
  return [
    ...unknownBelow(test, testCase, ''),
    ...Object.entries(systems).flatMap(([scope, value]) =>
      unknownBelow(value, override, `options.argocd.systemOverrides[${scope}].`),
    ),
  ];
}

function unknownBelow(value: Json, known: Known, prefix: string): string[] {
  if (Array.isArray(value)) return value.flatMap(item => unknownBelow(item, known, prefix));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const inner = Object.hasOwn(known, key) ? known[key] : undefined;
    if (inner === undefined) return [`${prefix}${key}`];
    return inner === true ? [] : unknownBelow(each, inner, `${prefix}${key}.`);
  });
}
