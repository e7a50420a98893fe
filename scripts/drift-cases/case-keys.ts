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
  targetNamespace: true,
  /** No difference for what is compared: it is about how a refused change is carried out. */
  force: true,
  driftDetection: true,
};

const argoOptions: Known = {
  ignoreDifferences: rule,
  /** Keyed by `group/kind`. */
  systemOverrides: true,
  compareOptions: { ignoreResourceStatusField: true, ignoreAggregatedRoles: true },
  appName: true,
  destinationNamespace: true,
  syncOptions: true,
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
 * What a case says and this program does not know, such as `options.dryRun.body`. `asked`: it may well change the
 * answer, so that the case cannot be said to be answered right. `expected`: it is not looked at.
 */
export function unknownKeys(test: object): { asked: string[]; expected: string[] } {
  const value = test as JsonObject;
  const settings = isObject(value.options) ? value.options.argocd : undefined;
  const systems = isObject(settings) ? settings.systemOverrides : undefined;
  const all = [
    ...unknownBelow(value, testCase, ''),
    ...Object.entries(isObject(systems) ? systems : {}).flatMap(([scope, each]) =>
      unknownBelow(each, override, `options.argocd.systemOverrides[${scope}].`),
    ),
  ];
  const isExpected = (key: string) => /^(expect|oracle)\./.test(key);
  return { asked: all.filter(key => !isExpected(key)), expected: all.filter(isExpected) };
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
