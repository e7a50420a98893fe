import { compareObjects } from '../../src/core/drift/compare.ts';
import { classifyUnmanaged } from '../../src/core/drift/removed/unmanaged.ts';
import { confirm, type DryRunAnswer } from '../../src/core/drift/server/dryrun.ts';
import type { DriftResult } from '../../src/core/model/drift.ts';
import {
  type JsonObject,
  parseApiVersion,
  type Resource,
  resourceOf,
} from '../../src/core/model/resource.ts';
import { createSchemas } from '../../src/core/schemas/schemas.ts';
import type { Judge } from '../../src/core/upstream/judge.ts';
import { type CaseFile, type DriftCase, syntaxError } from './case-file.ts';
import { deployerOf, inputOf, manifestOf } from './case-input.ts';

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
    const inputs = tests.map(test => inputOf(test, manifestOf(test) ?? {}));
    const answers = await compareObjects(inputs, { judge, schemas, target });
    for (const [index, answer] of answers.entries()) {
      const test = tests[index];
      if (test) results.set(test, answer);
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

/** A live object without manifest; a case of Flux speaks of an object in the Kustomization's inventory. */
function unmanagedResult(test: DriftCase): DriftResult {
  const live = test.live ?? {};
  const resource = resourceOf(live);
  if (!resource) throw new Error(`${test.id}: it has neither manifest nor live object`);
  const broken = test.desiredText === undefined ? undefined : syntaxError(test.desiredText);
  if (broken !== undefined) return { ...empty(resource), state: 'invalid', reason: broken };
  const listed = test.owner.mode === 'flux';
  const found = classifyUnmanaged(live, test.owner, deployerOf(test), listed);
  return { ...empty(resource), ...found };
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
