import type { Unresolved } from '../../model/environment.ts';
import { objectAt, objectsAt, textAt } from '../../model/fields.ts';
import type { Pointer } from '../../model/path.ts';
import type { Json, JsonObject } from '../../model/resource.ts';
import type { SetAnswer } from '../../upstream/application-sets.ts';
import type { DeployedObject, DiscoveryContext } from '../context.ts';
import { argoGroup } from './application.ts';
import { knownClusters } from './clusters.ts';

/**
 * The Applications that an ApplicationSet makes, as far as the repository alone decides it. The renderer runs its
 * generators and fills its template.
 */
export async function expandSet(
  context: DiscoveryContext,
  set: DeployedObject,
): Promise<{ applications: DeployedObject[]; unresolved: Unresolved[] }> {
  const unresolved: Unresolved[] = [];
  const give = (reason: string) =>
    unresolved.push({
      reason: `ApplicationSet ${set.resource.name}: ${reason}`,
      place: set.source,
    });
  if (set.changedBy !== undefined) {
    give(`${set.changedBy} changes it, which takes the renderer to follow`);
    return { applications: [], unresolved };
  }
  const answer = await answerFor(context, set);
  answer.unresolved.forEach(give);
  const applications = new Map<string, DeployedObject>();
  for (const { value, generator } of answer.applications) {
    const application = madeBy(set, value, generator);
    const { name } = application.resource;
    if (applications.has(name)) give(`it makes more than one Application ${name}`);
    else applications.set(name, application);
  }
  return { applications: [...applications.values()], unresolved };
}

/** How often generators may ask for another repository: those of a matrix may name one each time. */
const maxAsks = 100;

/** Asks again as long as it has to be said which repositories are this one. */
async function answerFor(context: DiscoveryContext, set: DeployedObject): Promise<SetAnswer> {
  const { expand } = context;
  if (!expand)
    return { applications: [], unresolved: ['it takes the renderer to expand it'], asks: [] };
  const here: Record<string, boolean> = {};
  const clusters = knownClusters(context, set);
  for (let times = 0; ; times++) {
    const answer = await expand({ set: set.value, here, ...clusters });
    if (answer.asks.length === 0 || times === maxAsks) return answer;
    for (const { url, revision } of answer.asks)
      here[`${url} ${revision}`] =
        context.isThisRepository(url) && context.isThisRevision(revision);
  }
}

/** Fields stand in the generator's own template, else in the set's. */
function madeBy(set: DeployedObject, value: JsonObject, generator: number): DeployedObject {
  const own = objectsAt(set.value, 'spec', 'generators')[generator] ?? {};
  const kind = Object.keys(own).find(name => objectAt(own, name, 'template')) ?? '';
  const template: Pointer = ['spec', 'generators', generator, kind, 'template'];
  return {
    resource: {
      group: argoGroup,
      version: 'v1alpha1',
      kind: 'Application',
      namespace: set.resource.namespace,
      name: textAt(value, 'metadata', 'name') ?? '',
    },
    value,
    source: set.source,
    locate: pointer =>
      exists(set.value, [...template, ...pointer])
        ? set.locate([...template, ...pointer])
        : set.locate(nearest(set.value, ['spec', 'template', ...pointer])),
  };
}

/** The pointer as far as it leads somewhere: a patch or a parameter may have made the rest. */
function nearest(value: JsonObject, pointer: Pointer): Pointer {
  return exists(value, pointer) || pointer.length <= 2
    ? pointer
    : nearest(value, pointer.slice(0, -1));
}

function exists(value: JsonObject, pointer: Pointer): boolean {
  const found = pointer.reduce<Json | undefined>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null ? (inner as JsonObject)[step] : undefined,
    value,
  );
  return found !== undefined;
}
