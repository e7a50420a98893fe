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
    equivalent?: boolean;
    extra?: { path: string; by: string; operation: string; subresource?: string }[];
    /** Codes for what is to be said; `case-words.ts` has the words. */
    reason?: string;
    hint?: string;
    warning?: string;
    pruneBlocked?: string;
    /** Name of the preset that a path is to suggest. */
    suggests?: string;
  };
  oracle: { result: 'diff' | 'nodiff' | 'error' | 'reading'; error?: string };
}

export interface ExpectedPath {
  path?: string;
  kind: string;
  becomes?: Json;
  by?: { manager: string; operation: string; subresource?: string }[];
}

export interface CaseOptions {
  flux?: FluxOptions;
  argocd?: ArgoOptions;
  volatilePaths?: string[];
  defaultNamespace?: string;
  namespaceExists?: boolean;
  dryRun?: {
    allowed?: boolean;
    status?: number;
    message?: string;
    equalsLive?: boolean;
    /** The object changed between the list and the dry-run; the answer is about the newer one. */
    raced?: boolean;
  };
  /** HTTP status of reading the live object by list, and by get. */
  list?: number;
  get?: number;
  /** Names of CRDs that the repository holds and the cluster does not. */
  repoCRDs?: string[];
}

export interface FluxOptions {
  ignore?: FluxIgnore[];
  /** Substitution is asked for; with variables, those are known. */
  postBuild?: boolean | { substitute?: Record<string, string> };
  targetNamespace?: string;
  /** The Kustomization: `app` in `flux-system` where it is not said. */
  name?: string;
  namespace?: string;
  prune?: boolean;
  /** Ids in the inventory; where it is not said, the live object is in it. */
  inventory?: string[];
  driftDetection?: { mode?: string; ignore?: FluxIgnore[] };
}

export interface FluxIgnore {
  paths: string[];
  target?: Record<string, string>;
}

export interface ArgoOptions {
  ignoreDifferences?: JsonObject[];
  systemOverrides?: Record<
    string,
    { ignoreDifferences?: JsonObject; knownTypeFields?: { field: string; type: string }[] }
  >;
  compareOptions?: { ignoreResourceStatusField?: string; ignoreAggregatedRoles?: boolean };
  appName?: string;
  destinationNamespace?: string;
  /** Of the Application; only how it applies counts. */
  syncOptions?: string[];
  appNamespace?: string;
  trackingMethod?: string;
  instanceLabelKey?: string;
  installationID?: string;
  /** Entries of the Application's `status.resources`. */
  resources?: JsonObject[];
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
  const cases = root.cases.filter(isObject);
  const fixtures = isObject(root.fixtures) ? root.fixtures : {};
  return {
    target: /v(1\.\d+)/.exec(String(root.server))?.[1] ?? '1.36',
    crds: Array.isArray(fixtures.crds) ? fixtures.crds.filter(isObject) : [],
    cases: cases as unknown as DriftCase[],
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
