import { objectAt, textAt } from '../../model/fields.ts';
import { type JsonObject, type Resource, resourceOf, resourceText } from '../../model/resource.ts';
import type { ControlledTarget, Followed } from '../engine.ts';
import { readWatched } from '../read-watched.ts';
import { commitOf, isBeingDeleted, isSuspended, readableRevision, standingOf } from './status.ts';

const group = 'source.toolkit.fluxcd.io';

/** What the GitRepository behind a Kustomization or HelmRelease says to fetch. */
export async function followedSource(target: ControlledTarget): Promise<Followed | undefined> {
  const source = await sourceOf(target);
  if (source?.kind !== 'GitRepository') return undefined;
  const url = textAt(source, 'spec', 'url');
  const revision = textAt(source, 'status', 'artifact', 'revision');
  const commit = revision && commitOf(revision);
  return {
    ...(url !== undefined && { url }),
    ...namedBy(objectAt(source, 'spec', 'ref') ?? {}),
    ...(commit && { commit }),
  };
}

/** Why Flux did not apply what its source has, or its source does not have what was pushed. */
export async function fluxDelay(target: ControlledTarget): Promise<string | undefined> {
  const { controller } = target;
  const resource = controller && resourceOf(controller);
  if (!controller || !resource) return 'Flux does not have the object that deploys it.';
  const name = resourceText(resource);
  if (isBeingDeleted(controller)) return `${name} is being deleted.`;
  if (isSuspended(controller)) return `${name} is suspended.`;
  const standing = standingOf(controller);
  if (standing.complains) return `${name}: ${standing.message}`;
  const source = await sourceOf(target);
  const from = source && resourceOf(source);
  if (!source || !from) return undefined;
  if (isSuspended(source)) return `Its source ${resourceText(from)} is suspended.`;
  const fetching = standingOf(source);
  if (fetching.complains) return `Its source ${resourceText(from)}: ${fetching.message}`;
  if (standing.kind === 'working') return `${name}: ${standing.message}`;
  const fetched = textAt(source, 'status', 'artifact', 'revision');
  return fetched && `${resourceText(from)} has fetched ${readableRevision(fetched)}.`;
}

/** The object that Flux fetches from git (or elsewhere) for a Kustomization or HelmRelease. */
async function sourceOf(target: ControlledTarget): Promise<JsonObject | undefined> {
  const { controller } = target;
  const spec = objectAt(controller, 'spec');
  const resource = controller && resourceOf(controller);
  if (!spec || !resource) return undefined;
  const reference =
    objectAt(spec, 'sourceRef') ??
    objectAt(spec, 'chart', 'spec', 'sourceRef') ??
    objectAt(spec, 'chartRef');
  const source = await readReference(target, reference, resource.namespace);
  if (source?.kind !== 'HelmChart') return source;
  const namespace = textAt(source, 'metadata', 'namespace') ?? resource.namespace;
  return readReference(target, objectAt(source, 'spec', 'sourceRef'), namespace);
}

function readReference(
  target: ControlledTarget,
  reference: JsonObject | undefined,
  from: Resource['namespace'],
): Promise<JsonObject | undefined> {
  const kind = textAt(reference, 'kind') ?? '';
  const name = textAt(reference, 'name') ?? '';
  const namespace = textAt(reference, 'namespace') ?? from;
  return readWatched(target, { group, kind, namespace, name });
}

/** Flux' precedence: commit, name, semver, tag, branch; without any the branch `master`. */
function namedBy(reference: JsonObject): Pick<Followed, 'kind' | 'name'> {
  const { commit, name, semver, tag, branch } = reference;
  const text = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (text(commit)) return { kind: 'commit', name: commit };
  if (text(name)) return namedReference(name);
  // Which tag a range means is not worked out here: the commit that Flux took says it.
  if (text(semver)) return { kind: 'tag', name: semver };
  if (text(tag)) return { kind: 'tag', name: tag };
  return { kind: 'branch', name: text(branch) ? branch : 'master' };
}

function namedReference(name: string): Pick<Followed, 'kind' | 'name'> {
  const [, folder, rest = name] = /^refs\/(heads|tags)\/(.+)$/.exec(name) ?? [];
  return { kind: folder === 'heads' ? 'branch' : folder === 'tags' ? 'tag' : 'any', name: rest };
}
