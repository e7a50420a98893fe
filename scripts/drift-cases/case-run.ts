import { compareObjects } from '../../src/core/drift/compare.ts';
import { fluxName, fluxNamespace } from '../../src/core/drift/owners/tracking.ts';
import { inventoryOf } from '../../src/core/drift/removed/inventory.ts';
import { classifyUnmanaged } from '../../src/core/drift/removed/unmanaged.ts';
import { confirm, type DryRunAnswer } from '../../src/core/drift/server/dryrun.ts';
import { metadataMap } from '../../src/core/drift/values.ts';
import type { DriftResult } from '../../src/core/model/drift.ts';
import {
  type JsonObject,
  parseApiVersion,
  type Resource,
  resourceKey,
  resourceOf,
} from '../../src/core/model/resource.ts';
import { createSchemas } from '../../src/core/schemas/schemas.ts';
import type { Judge } from '../../src/core/upstream/judge.ts';
import { type CaseFile, type DriftCase, syntaxError } from './case-file.ts';
import { inputOf, liveOf, manifestOf } from './case-input.ts';
import { deployerOf } from './case-options.ts';

export interface CaseAnswer {
  test: DriftCase;
  /** By the offline comparison alone. */
  local: DriftResult;
  /** With the stored answer of the server's dry-run. */
  final: DriftResult;
}

/** Runs all cases of a file through the offline comparison, then through their stored dry-run. */
export async function runCases(file: CaseFile, judge: Judge): Promise<CaseAnswer[]> {
  const locals = await localResults(file, judge);
  return file.cases.map(test => {
    const local = locals.get(test) ?? unmanagedResult(test);
    return { test, local, final: confirm(local, dryRunOf(test)) };
  });
}

/** The cases of one repository are compared together: those that name no types of their own share one. */
async function localResults(
  { cases, crds, target }: CaseFile,
  judge: Judge,
): Promise<Map<DriftCase, DriftResult>> {
  const results = new Map<DriftCase, DriftResult>();
  const own = cases.filter(({ options }) => options?.repoCRDs);
  const repositories = [cases.filter(test => !own.includes(test)), ...own.map(test => [test])];
  for (const repository of repositories) {
    const tests = repository.filter(test => manifestOf(test) !== undefined);
    const types = [...crds, ...repository.flatMap(repositoryTypes)];
    const schemas = createSchemas({ version: target, crds: types });
    const asked = tests.flatMap(test => {
      const input = inputOf(test, manifestOf(test) ?? {});
      if (!input) results.set(test, { ...empty(nothing), ...withoutIdentity(manifestOf(test)) });
      return input ? [{ test, input }] : [];
    });
    const inputs = asked.map(({ input }) => input);
    const answers = await compareObjects(inputs, { judge, schemas, target });
    for (const [index, { test }] of asked.entries()) {
      const answer = answers[index];
      if (answer) results.set(test, answer);
    }
  }
  return results;
}

/** The repository's CRDs that a case only names: `things.example.com`. */
function repositoryTypes(test: DriftCase): JsonObject[] {
  const manifest = manifestOf(test);
  const { group, version } = parseApiVersion(String(manifest?.apiVersion));
  return (test.options?.repoCRDs ?? []).map(name => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: name.slice(0, name.indexOf('.')), kind: String(manifest?.kind) },
      versions: [{ name: version, served: true, storage: true, schema: anySchema }],
    },
  }));
}

const anySchema = {
  openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
};

/** An object whose name is no text is a mistake; a file of something else is none of ours. */
function withoutIdentity(manifest: JsonObject = {}): Pick<DriftResult, 'state' | 'reason'> {
  return typeof manifest.apiVersion === 'string' && typeof manifest.kind === 'string'
    ? { state: 'invalid', reason: 'Its name is no text.' }
    : { state: 'skipped', reason: 'It is no object of Kubernetes.' };
}

const nothing: Resource = { group: '', version: '', kind: '', namespace: '', name: '' };

/** A live object without manifest: one that was removed from git, or that another made. */
function unmanagedResult(test: DriftCase): DriftResult {
  const broken = test.desiredText === undefined ? undefined : syntaxError(test.desiredText);
  const live = liveOf(test);
  const resource = live && resourceOf(live);
  if (broken !== undefined)
    return { ...empty(resource ?? nothing), state: 'invalid', reason: broken };
  if (!live || !resource)
    return {
      ...empty(nothing),
      state: 'skipped',
      reason: 'Nothing is declared, and nothing runs.',
    };
  const listed = isListed(test, resource);
  const found = classifyUnmanaged(
    listed ? labelled(live, test) : live,
    test.owner,
    deployerOf(test),
    listed,
  );
  return { ...empty(resource), ...found };
}

/** A case of Flux that names no Kustomization leaves its labels out, too. */
function labelled(live: JsonObject, test: DriftCase): JsonObject {
  const labels = metadataMap(live, 'labels');
  const deployer = deployerOf(test);
  const isSaid = test.options?.flux?.name !== undefined || fluxName in labels;
  if (test.owner.mode !== 'flux' || !deployer || isSaid) return live;
  const { name, namespace } = deployer;
  const added = { ...labels, [fluxName]: name, [fluxNamespace]: namespace };
  return { ...live, metadata: { ...(live.metadata as JsonObject), labels: added } };
}

/** In the engine's own record; a case of Flux that gives none speaks of an object that is in it. */
function isListed({ owner, options }: DriftCase, resource: Resource): boolean {
  const { inventory } = options?.flux ?? {};
  const { resources } = options?.argocd ?? {};
  if (inventory === undefined && resources === undefined) return owner.mode === 'flux';
  const entries = (inventory ?? []).map(id => ({ id, v: resource.version }));
  const status: JsonObject = inventory
    ? { inventory: { entries } }
    : { resources: resources ?? [] };
  const key = resourceKey(resource);
  return inventoryOf({ status }).some(each => resourceKey(each) === key);
}

function empty(resource: Resource): DriftResult {
  return { resource, state: 'synced', paths: [], extra: [], confirmed: 'local', notes: [] };
}

/** The stored answer: from the real server (`oracle`), or the HTTP answer that the case is about. */
function dryRunOf({ oracle, options }: DriftCase): DryRunAnswer {
  const { dryRun } = options ?? {};
  if (dryRun?.allowed === false)
    return { kind: 'unavailable', reason: 'No permission to ask the server.' };
  if (dryRun?.status === 201) return { kind: 'created' };
  if (dryRun?.status === 200) return { kind: dryRun.equalsLive ? 'same' : 'differs' };
  if (dryRun?.status !== undefined)
    return { kind: 'refused', status: dryRun.status, message: dryRun.message ?? '' };
  if (oracle.result === 'nodiff') return { kind: 'same' };
  if (oracle.result === 'diff') return { kind: 'differs' };
  const error = /^(\d{3}) (.*)/s.exec(oracle.error ?? '');
  return error
    ? { kind: 'refused', status: Number(error[1]), message: error[2] ?? '' }
    : { kind: 'unavailable', reason: 'No server was asked.' };
}
