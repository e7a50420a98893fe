import { posix } from 'node:path';
import { messageOf } from '../../lib/errors.ts';
import { objectAt, textAt } from '../../model/fields.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { Schemas } from '../../schemas/type.ts';
import type { PolicyDecision } from '../../upstream/judge.ts';
import type { Scope } from '../across.ts';
import type { Final } from '../finals.ts';
import { isEncrypted, placeholderIn } from '../placeholders.ts';
import { renderedSubject, type Subject } from '../places/subject.ts';
import { createWorld, type World } from '../world.ts';
import { report } from './report.ts';

/** Objects that policies of one place are asked about. */
interface Realm {
  policies: readonly Subject[];
  finals: readonly Final[];
  /** Objects that policies may look at. */
  others: readonly JsonObject[];
  world?: World;
}

/**
 * ValidatingAdmissionPolicies and their bindings: run by the API server's own code on every object of their
 * environment, and where none deploys them on the objects of their folder.
 */
export async function checkPolicies(scope: Scope): Promise<void> {
  for (const realm of realmsOf(scope))
    for (const [schemas, finals] of Map.groupBy(realm.finals, final => final.schemas))
      await ask(scope, realm, schemas, finals);
}

function* realmsOf(scope: Scope): Generator<Realm> {
  const { sets, environments, finals, checks } = scope;
  const fileAt = (path: string) => checks.input.index.file(path);
  for (const [name, rendered] of sets) {
    if (name === undefined) continue;
    const objects = rendered.flatMap(set => set.objects);
    const policies = objects
      .filter(({ value }) => isPolicy(value))
      .map(object => renderedSubject(object, name, fileAt));
    if (policies.length === 0) continue;
    yield {
      policies,
      finals: finals.filter(({ subject }) => subject.environments.includes(name)),
      others: objects.map(({ value }) => value),
      world: createWorld(
        rendered,
        environments.find(each => each.name === name),
      ),
    };
  }
  yield* undeployed(finals);
}

/** What no environment deploys is applied by folders, as far as anybody knows. */
function* undeployed(finals: readonly Final[]): Generator<Realm> {
  const left = finals.filter(({ subject }) => subject.environments.length === 0);
  const policies = left.filter(({ subject }) => isPolicy(subject.object));
  for (const [folder, own] of Map.groupBy(policies, ({ subject }) => folderOf(subject))) {
    const within = left.filter(({ subject }) => `${folderOf(subject)}/`.startsWith(`${folder}/`));
    yield {
      policies: own.map(({ subject }) => subject),
      finals: within,
      others: within.map(({ subject }) => subject.object),
    };
  }
}

function folderOf({ place }: Subject): string {
  return posix.dirname(place.file);
}

function isPolicy({ apiVersion, kind }: JsonObject): boolean {
  return (
    `${apiVersion}`.startsWith('admissionregistration.k8s.io/') &&
    (kind === 'ValidatingAdmissionPolicy' || kind === 'ValidatingAdmissionPolicyBinding')
  );
}

async function ask(
  { checks }: Scope,
  realm: Realm,
  schemas: Schemas,
  finals: readonly Final[],
): Promise<void> {
  const { judge, signal } = checks.input;
  if (!judge?.admit) return;
  const { version: target } = schemas;
  const judged = finals.filter(
    ({ subject: { object }, incomplete }) =>
      !incomplete && !isPolicy(object) && !isEncrypted(object) && !placeholderIn(object),
  );
  const surroundings = {
    policies: realm.policies.map(({ object }) => object).filter(each => !placeholderIn(each)),
    others: othersOf(realm),
  };
  try {
    const objects = judged.map(({ subject }) => placed(subject.object, realm.world));
    const options = { target, customTypes: schemas.judgedTypes() };
    const answers = await judge.admit(objects, surroundings, options, signal);
    for (const [index, { subject }] of judged.entries())
      for (const decision of answers[index] ?? [])
        report(checks, subject, asKnown(decision, objects[index], realm), realm.policies);
  } catch (error) {
    if (signal?.aborted) throw error;
    checks.notChecked.add({ reason: `admission policies were not asked: ${messageOf(error)}` });
  }
}

/** Namespaces, and what is of a kind that a policy takes for parameters. */
function othersOf({ policies, others }: Realm): JsonObject[] {
  const kinds = new Set(policies.map(({ object }) => textAt(object, 'spec', 'paramKind', 'kind')));
  return others.filter(
    each => each.kind === 'Namespace' || (typeof each.kind === 'string' && kinds.has(each.kind)),
  );
}

/** With the namespace that its engine applies it to, where that is known. */
function placed(object: JsonObject, world: World | undefined): JsonObject {
  const item = world?.items.find(({ value }) => value === object);
  const metadata = objectAt(object, 'metadata');
  if (!item || !metadata || item.namespace === '' || metadata.namespace !== undefined)
    return object;
  return { ...object, metadata: { ...metadata, namespace: item.namespace } };
}

/** Where nobody says what namespace an object goes to, what a policy says of namespaces is not sure. */
function asKnown(
  decision: PolicyDecision,
  object: JsonObject | undefined,
  { policies }: Realm,
): PolicyDecision {
  if (decision.unchecked !== undefined || textAt(object, 'metadata', 'namespace') !== undefined)
    return decision;
  const { policy, binding, validation } = decision;
  const asked = policies.some(
    ({ object: each }) =>
      [policy, binding].includes(textAt(each, 'metadata', 'name')) &&
      /namespace/i.test(JSON.stringify(each.spec)),
  );
  if (!asked) return decision;
  return {
    policy,
    ...(binding === undefined ? {} : { binding }),
    ...(validation === undefined ? {} : { validation }),
    unchecked: 'it asks for the namespace, which the object does not say',
  };
}
