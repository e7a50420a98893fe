import type { DriftPath } from '../../model/drift.ts';
import type { NotChecked } from '../../model/finding.ts';
import { formatPath, type Pointer, parsePath, resolveSteps } from '../../model/path.ts';
import type { RenderedObject } from '../../model/rendered.ts';
import { type Json, type Resource, resourceKey } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import { isHiddenField, maskedValue } from '../../words/masked-object.ts';
import { masked } from '../../words/values.ts';
import type { Workspace } from '../../workspace.ts';
import { changesOf, type EnvironmentChange, type ObjectChange } from '../propose/changes.ts';
import { maskedTexts, textDiff } from '../propose/diff.ts';
import { LiveEdits, overlaps } from '../reach/live-edits.ts';
import { type FieldChange, fieldChanges } from './fields.ts';

/** What an edit changes, per environment; those in which nothing changes and everything is known are left out. */
export interface Effect {
  environments: EnvironmentEffect[];
}

export interface EnvironmentEffect {
  environment: string;
  protected: boolean;
  objects: ObjectEffect[];
  /** What the edit may reach and nobody could compare. */
  notChecked: NotChecked[];
}

/** What an edit changes of one object; masked throughout. */
export interface ObjectEffect {
  object: Resource;
  application: string;
  change: ObjectChange['change'];
  /** Empty for what comes or goes as a whole. */
  fields: FieldEffect[];
  /** The object as YAML; a side that does not have it is empty. */
  before: string;
  after: string;
  /** Unified: hunks behind `@@`; absent where the sides have too little in common. */
  diff?: string[];
  /** What somebody changed in the cluster and this edit takes back. */
  liveEdits: DriftPath[];
}

export interface FieldEffect {
  /** As in `model/path.ts`; items of lists by their names. */
  path: string;
  before?: Json;
  after?: Json;
  /** Where the new value stands. */
  place?: Place;
  liveEdit?: DriftPath;
}

/** What was changed by hand in the clusters of these environments, where that is known. */
export type EditsOf = (environments: readonly string[]) => Promise<LiveEdits>;

/**
 * What two states of a repository, which differ in `files`, make different in every environment. `editsOf` is asked
 * what was changed by hand in the clusters of those in which something does, compared with the later state.
 */
export async function effectOf(
  before: Workspace,
  after: Workspace,
  files: readonly string[],
  editsOf?: EditsOf,
): Promise<Effect> {
  return effectFrom(after, await changesOf(before, after, files), editsOf);
}

/** The same from what is known to change; `after` is the later state. */
export async function effectFrom(
  after: Workspace,
  changes: readonly EnvironmentChange[],
  editsOf: EditsOf = async () => new LiveEdits(),
): Promise<Effect> {
  const edits = await editsOf(changes.map(({ environment }) => environment));
  const environments = changes.map(async change => ({
    environment: change.environment,
    protected: change.protected,
    objects: await objectEffects(after, change, edits),
    notChecked: change.notChecked,
  }));
  return { environments: await Promise.all(environments) };
}

async function objectEffects(
  after: Workspace,
  { environment, objects }: EnvironmentChange,
  edits: LiveEdits,
): Promise<ObjectEffect[]> {
  const [found] = await after.choose([environment]).catch(() => []);
  const traced = new Map<string, Promise<Map<string, RenderedObject>>>();
  const placed = async ({ application, rendered }: ObjectChange) => {
    const declared = found?.applications.find(({ name }) => name === application);
    if (!declared || !rendered) return undefined;
    const known = traced.get(declared.name) ?? after.trace(declared).then(byKey);
    traced.set(declared.name, known);
    return (await known).get(resourceKey(rendered.resource));
  };
  return Promise.all(
    objects.map(async change =>
      objectEffect(change, {
        edits: edits.of(environment, change.resource),
        placed: change.change === 'change' ? await placed(change) : undefined,
      }),
    ),
  );
}

function byKey({ objects }: { objects: readonly RenderedObject[] }): Map<string, RenderedObject> {
  return new Map(objects.map(object => [resourceKey(object.resource), object]));
}

interface Known {
  edits: readonly DriftPath[];
  /** The object with the places of its fields. */
  placed: RenderedObject | undefined;
}

function objectEffect(change: ObjectChange, { edits, placed }: Known): ObjectEffect {
  const { resource, application = '', before, after } = change;
  const texts = maskedTexts(change);
  const diff = textDiff(texts);
  const fields =
    before && after
      ? fieldChanges(before, after).map(field => fieldEffect(field, change, { edits, placed }))
      : [];
  const taken =
    change.change === 'remove' ? edits : fields.flatMap(({ liveEdit }) => liveEdit ?? []);
  return {
    object: resource,
    application,
    change: change.change,
    fields,
    ...texts,
    ...(diff && { diff }),
    liveEdits: [...new Set(taken)],
  };
}

function fieldEffect(
  { steps, before, after }: FieldChange,
  change: ObjectChange,
  { edits, placed }: Known,
): FieldEffect {
  const pointers = [change.after, change.before].flatMap(side => {
    const found = side && resolveSteps(side, steps);
    return found?.complete ? [found.pointer] : [];
  });
  const liveEdit = edits.find(({ path }) => {
    const { pointer } = resolveSteps(change.after ?? {}, parsePath(path));
    return overlaps(pointers[0] ?? [], pointer);
  });
  const isBoth = before !== undefined && after !== undefined;
  const hide = (value: Json, text: string) => hidden(value, change, pointers, text);
  return {
    path: formatPath(steps),
    ...(before !== undefined && { before: hide(before, masked) }),
    ...(after !== undefined && { after: hide(after, isBoth ? `${masked} (changed)` : masked) }),
    ...placeOf(placed, steps),
    ...(liveEdit && { liveEdit }),
  };
}

/** Items of lists may stand at other numbers in the two states: what is secret in one is in the other. */
function hidden(
  value: Json,
  about: ObjectChange,
  pointers: readonly Pointer[],
  text: string,
): Json {
  const isHidden = (path: string) => isHiddenField(about, path);
  return pointers.reduce((shown, at) => maskedValue(shown, at, isHidden, text), value);
}

function placeOf(
  placed: RenderedObject | undefined,
  steps: FieldChange['steps'],
): { place?: Place } {
  const found = placed && resolveSteps(placed.value, steps);
  if (!placed || !found?.complete) return {};
  const { file, line, column, how } = placed.locate(found.pointer);
  return how === 'unknown' ? {} : { place: { file, line, column } };
}
