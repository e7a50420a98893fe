import type { Cluster } from '../../cluster/cluster.ts';
import { decode } from '../../manifests/text/decode.ts';
import type { DriftPath } from '../../model/drift.ts';
import { formatPath, parsePath, resolveSteps } from '../../model/path.ts';
import type { RenderedObject } from '../../model/rendered.ts';
import type { JsonObject, Resource } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import { sopsFormat } from '../../sops/formats.ts';
import { isHiddenField } from '../../words/masked-object.ts';
import { isSecret } from '../../words/values.ts';
import type { Workspace } from '../../workspace.ts';
import { renderedObject } from '../rendered-object.ts';
import type { Candidate, Elsewhere } from './attempt.ts';
import { candidatesFor } from './candidates.ts';
import { type AlsoChanged, proofOf } from './prove.ts';
import { type Goal, goalOf } from './wanted.ts';

/** A difference between the repository and what runs, in one environment. */
export interface Difference {
  environment: string;
  /** Name; the last one that declares the object where it is not said. */
  application?: string | undefined;
  object: Resource;
  path: DriftPath;
  /** What runs; it says the order of keys. */
  live?: JsonObject | undefined;
  /** For what only the cluster knows of how it is rendered (variables, values). */
  cluster?: Promise<Cluster | undefined>;
}

/**
 * edit: one file's text that makes the repository say what runs; that was rendered and looked at. elsewhere: no line
 * can be edited by itself; `reason` is a sentence, `place` where to look.
 */
export type Taking =
  | { kind: 'edit'; file: string; before: string; after: string; also: AlsoChanged[] }
  | ({ kind: 'elsewhere' } & Elsewhere);

/**
 * The edit that makes the repository say what runs at one place. It edits nothing itself. `workspace` holds the texts
 * as they are now, unsaved ones among them. With `removal` the field goes, whatever runs.
 */
export async function takeLive(
  workspace: Workspace,
  difference: Difference,
  { removal = false } = {},
): Promise<Taking> {
  const { environment, object: resource, application, path, live, cluster } = difference;
  const object = await renderedObject(workspace, environment, resource, application, cluster);
  if (!object) return elsewhere('The repository does not render this object now.');
  if (isHidden(object, resource, path))
    return elsewhere(
      'It holds a secret, and secret values are never taken out of a cluster.',
      object.source,
    );
  const goal = goalOf(object.value, path, removal);
  if (!goal)
    return elsewhere('There is nothing there that could be taken.', path.source ?? object.source);
  const found = await candidatesFor({
    ...{ object, goal, live },
    textOf: file => textOf(workspace, file),
    isKustomization: file => workspace.index.file(file)?.role === 'kustomization',
  });
  if (!Array.isArray(found)) return { kind: 'elsewhere', ...found };
  return firstProven(workspace, { difference, goal, candidates: found });
}

function elsewhere(reason: string, place?: Place): Taking {
  return { kind: 'elsewhere', reason, ...(place && { place }) };
}

function isHidden(object: RenderedObject, resource: Resource, path: DriftPath): boolean {
  const { pointer } = resolveSteps(object.value, parsePath(path.path));
  const parts = [path.path, formatPath(pointer)];
  return (
    path.secret === true ||
    parts.some(each => isSecret(resource, each) || isHiddenField(object, each))
  );
}

async function textOf({ repository, index }: Workspace, file: string): Promise<string | undefined> {
  const indexed = index.file(file)?.text;
  if (indexed !== undefined || !repository.files.includes(file)) return indexed;
  return decode(await repository.read(file));
}

interface Attempt {
  difference: Difference;
  goal: Goal;
  candidates: readonly Candidate[];
}

async function firstProven(workspace: Workspace, attempt: Attempt): Promise<Taking> {
  const { candidates, difference, goal } = attempt;
  for (const candidate of candidates) {
    if (sopsFormat(candidate.before))
      return elsewhere('SOPS signs this file as a whole: edit it with sops.', {
        file: candidate.file,
        line: 1,
        column: 1,
      });
    const also = await proofOf(workspace, candidate, {
      ...difference,
      path: difference.path.path,
      goal,
    });
    if (also) return { kind: 'edit', ...candidate, also };
  }
  const [first] = candidates;
  const reason = 'Another value on this line does not make the repository render what runs.';
  return elsewhere(reason, first && { file: first.file, line: lineOfChange(first), column: 1 });
}

/** The first line (1-based) that an edit changes. */
function lineOfChange({ before, after }: Candidate): number {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at++;
  return before.slice(0, at).split('\n').length;
}
