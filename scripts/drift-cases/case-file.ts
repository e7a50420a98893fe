import { jsonOf } from '../../src/core/manifests/locate.ts';
import { parseManifests } from '../../src/core/manifests/parse.ts';
import type { DriftState, OwnerProfile } from '../../src/core/model/drift.ts';
import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';

/** One case of a drift case file; its header explains the words. */
export interface DriftCase {
  id: string;
  group: string;
  owner: OwnerProfile & { tool: string };
  desired?: JsonObject | null;
  desiredList?: JsonObject[];
  desiredText?: string;
  live: JsonObject | null;
  /** csa3: the object in the previous release. */
  previous?: JsonObject;
  options?: CaseOptions;
  expect: {
    state: DriftState;
    local?: string;
    paths: ExpectedPath[];
    localPaths?: ExpectedPath[];
    applyRejected?: boolean;
    recreate?: boolean;
    confirmed?: boolean;
  };
  oracle: { result: 'diff' | 'nodiff' | 'error' | 'reading'; error?: string };
}

export interface ExpectedPath {
  path?: string;
  kind: string;
  by?: { manager: string; operation: string; subresource?: string }[];
}

export interface CaseOptions {
  flux?: { ignore?: FluxIgnore[]; postBuild?: boolean };
  argocd?: ArgoOptions;
  volatilePaths?: string[];
  defaultNamespace?: string;
  dryRun?: {
    allowed?: boolean;
    status?: number;
    message?: string;
    equalsLive?: boolean;
  };
  list?: number;
  get?: number;
  repoCRDs?: string[];
}

export interface FluxIgnore {
  paths: string[];
  target?: Record<string, string>;
}

export interface ArgoRule {
  group?: string;
  kind?: string;
  name?: string;
  namespace?: string;
  jsonPointers?: string[];
  jqPathExpressions?: string[];
  managedFieldsManagers?: string[];
}

export interface ArgoOptions {
  ignoreDifferences?: ArgoRule[];
  systemOverrides?: Record<
    string,
    { ignoreDifferences?: ArgoRule; knownTypeFields?: { field: string; type: string }[] }
  >;
  compareOptions?: { ignoreResourceStatusField?: string; ignoreAggregatedRoles?: boolean };
  appName?: string;
  trackingMethod?: string;
  instanceLabelKey?: string;
}

export interface CaseFile {
  /** Kubernetes minor version of the server that gave the verdicts. */
  target: string;
  crds: JsonObject[];
  cases: DriftCase[];
}

/** Reads a case file. Throws an Error when it is none. */
export function readCases(text: string): CaseFile {
  const [root] = documentsOf(text);
  if (!isObject(root) || !Array.isArray(root.cases)) throw new Error('not a drift case file');
  const fixtures = isObject(root.fixtures) ? root.fixtures : {};
  return {
    target: /v(1\.\d+)/.exec(String(root.server))?.[1] ?? '1.36',
    crds: Array.isArray(fixtures.crds) ? fixtures.crds.filter(isObject) : [],
    cases: root.cases as unknown as DriftCase[],
  };
}

/** What is wrong with a manifest text, when it cannot be read at all. */
export function syntaxError(text: string): string | undefined {
  const { documents, problems } = parseManifests(text);
  return documents.some(({ root }) => root) ? undefined : problems[0]?.message;
}

/** The documents of a manifest file, as Kubernetes reads them. */
export function documentsOf(text: string): Json[] {
  return parseManifests(text).documents.flatMap(({ root }) => (root ? [jsonOf(root)] : []));
}
