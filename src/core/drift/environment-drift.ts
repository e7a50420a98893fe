import { type Live, readLive } from '../cluster/live.ts';
import { sentence } from '../lib/sentence.ts';
import type { DriftResult } from '../model/drift.ts';
import { type Environment, type RenderSource, secretValues } from '../model/environment.ts';
import type { NotChecked } from '../model/finding.ts';
import type { Resource } from '../model/resource.ts';
import { compareObjects } from './compare.ts';
import { type Declared, declaredObjects, unsureObjects } from './declared.ts';
import type { Compared, EnvironmentInput } from './environment-input.ts';
import type { DriftInput } from './input.ts';
import { remembering } from './memory.ts';
import { deployerOf, usualOwners } from './owners/deployer.ts';
import { removedObjects } from './removed/removed.ts';
import { ServerWord } from './server/server-word.ts';

/**
 * Compares what the applications of an environment declare with what runs, and looks for objects that
 * they declared once. What could not be read is `unknown` with the reason; what an application that
 * did not render declares is told by its render, and nothing counts as removed from it. Paths have no
 * places yet (`placeResult`). Rejects only when aborted.
 */
export async function compareEnvironment(
  input: EnvironmentInput,
): Promise<{ compared: Compared[]; notChecked: NotChecked[] }> {
  const { environment, applications, cluster, schemas, signal } = input;
  const word = input.word ?? new ServerWord(cluster);
  const declared = declaredObjects(environment, applications, schemas);
  const resources = declared.map(({ resource }) => resource);
  const live = await readLive(cluster, resources, environment.namespace, signal);
  const inputs = declared.map(each => inputOf(each, environment, live, input));
  const local = await remembering(inputs, input, fresh => compareObjects(fresh, input));
  const confirmed = await word.confirm(inputs, local, input);
  const { results, notReached } = await word.audit(inputs, confirmed, {
    ...input,
    most: input.audited ?? 0,
  });
  const compared = declared.map((each, index) => ({
    result: asOf(results[index] as DriftResult, live),
    application: each.application.name,
    declared: each,
    input: inputs[index],
    live: inputs[index]?.live,
  }));
  const unsure = unsureObjects(environment, applications, schemas, declared);
  const known = [...resources, ...unsure.map(({ result }) => result.resource)];
  const removed = await removedObjects(input, known, live);
  const found = removed.found.filter(({ result }) => !mayBeUnsure(result.resource, unsure));
  return {
    compared: [...compared, ...unsure, ...found],
    notChecked: [
      ...removed.notChecked,
      ...notReached.map(reason => ({ reason, environment: environment.name })),
    ],
  };
}

/** What is compared with an earlier answer says so: the verdict stands, as of then. */
function asOf(result: DriftResult, live: Live): DriftResult {
  const found = live.find(result.resource);
  return found.ok && found.stale ? { ...result, stale: found.stale } : result;
}

/** Undefined where there are none, as for most. */
function secretsOf(source: RenderSource): string[] | undefined {
  const secrets = secretValues(source);
  return secrets.length === 0 ? undefined : secrets;
}

/** True for a generated Secret that one of those whose hash is not known may be. */
function mayBeUnsure(
  { kind, namespace, name }: Resource,
  unsure: readonly { result: DriftResult }[],
): boolean {
  if (kind !== 'Secret') return false;
  const withoutHash = (text: string) => text.replace(/-[a-z0-9]{10}$/, '');
  return unsure.some(
    ({ result: { resource } }) =>
      resource.kind === 'Secret' &&
      resource.namespace === namespace &&
      withoutHash(resource.name) !== resource.name &&
      withoutHash(resource.name) === withoutHash(name),
  );
}

function inputOf(
  declared: Declared,
  environment: Environment,
  live: Live,
  { schemas }: EnvironmentInput,
): DriftInput {
  const { resource, object, application, alsoBy } = declared;
  const found = live.find(resource);
  const kind = schemas.lookup(resource);
  // The definition of a custom kind may stand in the same repository and not be applied yet.
  const pending = !found.ok && found.notServed === true && kind.found && !kind.kind.builtin;
  const reason = declared.notChecked ?? (found.ok || pending ? undefined : found.reason);
  const { source } = application;
  const postBuild = source.kind === 'kustomize' ? source.flux?.postBuild : undefined;
  return {
    resource: live.namespaced(resource) === false ? { ...resource, namespace: '' } : resource,
    desired: object.value,
    live: found.ok ? found.object : undefined,
    ...(reason === undefined ? {} : { notChecked: sentence(reason) }),
    ...(pending ? { pending: 'The definition of its kind is not installed yet.' } : {}),
    owners: usualOwners(application),
    deployer: deployerOf(application),
    ignore: [...environment.ignore, ...application.ignore],
    volatile: object.volatile,
    sealed: object.sealed,
    sensitive: object.sensitive,
    secrets: secretsOf(source),
    substituted: postBuild === undefined,
    source: object.source,
    notes: alsoBy.map(name => `${name} declares it too; ${application.name} counts.`),
  };
}
