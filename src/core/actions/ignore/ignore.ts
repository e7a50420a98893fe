import { coverOf, hidings, rulesFor } from '../../drift/ignore/ignore.ts';
import { anyType } from '../../drift/typed-path.ts';
import { editYaml } from '../../manifests/edit/edit.ts';
import { NotEditable } from '../../manifests/edit/source.ts';
import { jsonOf } from '../../manifests/locate.ts';
import { parseManifests } from '../../manifests/parse.ts';
import type { Application } from '../../model/environment.ts';
import { valueAt } from '../../model/fields.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import type { Workspace } from '../../workspace.ts';
import { renderedObject } from '../rendered-object.ts';
import { workspaceWith } from '../take/prove.ts';
import type { Difference } from '../take/take.ts';
import { type FieldNames, fieldNames } from './field-names.ts';
import { type RuleHolder, ruleHolder, rulesIn, unknownField } from './owner.ts';
import { withRule } from './rules.ts';

/**
 * edit: one file's text with the rule in it, after which the comparison leaves the field out. `before` is absent
 * for a file that is not there yet. `notes`: what a person should know of it, one sentence each. elsewhere: no rule
 * can be written.
 */
export type Ignoring =
  | { kind: 'edit'; file: string; before?: string; after: string; place: Place; notes: string[] }
  | { kind: 'elsewhere'; reason: string; place?: Place };

interface About extends Difference {
  names: FieldNames;
  desired: JsonObject;
  owner: Application;
}

/**
 * The edit that has a difference ignored by whoever applies the object, in that one's own format: Flux, Argo CD; by
 * Driftline alone where the repository does not hold the engine's object. It edits nothing itself.
 */
export async function ignoreDifference(
  workspace: Workspace,
  difference: Difference,
): Promise<Ignoring> {
  const { environment, object, path, live } = difference;
  const [chosen] = await workspace.choose([environment]);
  const rendered = await renderedObject(
    workspace,
    environment,
    object,
    difference.application,
    difference.cluster,
  );
  const owner = chosen?.applications.find(({ name }) => name === difference.application);
  if (!rendered || !owner)
    return { kind: 'elsewhere', reason: 'The repository does not render this object now.' };
  const names = fieldNames(path.path, rendered.value, live);
  const about: About = { ...difference, names, desired: rendered.value, owner };
  const holder = ruleHolder(workspace, owner);
  const unknown = holder && unknownField(workspace, holder);
  const notes: string[] = [];
  if (holder && unknown === undefined) {
    const found = await byEngine(workspace, about, holder);
    if (typeof found !== 'string') return found;
    notes.push(
      `${holder.kind} ${holder.name} cannot say it (${found}), so only Driftline leaves it out.`,
    );
  } else if (holder) notes.push(`Only Driftline leaves it out: ${unknown}.`);
  else if (owner.controller)
    notes.push(
      `No file here holds ${owner.controller.kind} ${owner.controller.name}, so only Driftline leaves it out.`,
    );
  return byDriftline(workspace, about, notes);
}

/** The rule in the engine's own object; why not, where it cannot be there. */
async function byEngine(
  workspace: Workspace,
  about: About,
  holder: RuleHolder,
): Promise<Ignoring | string> {
  const { file, document, pointer, format, place } = holder;
  const before = workspace.index.file(file)?.text;
  const rules = withRule(rulesIn(workspace, holder), format, about.object, about.names);
  if (before === undefined) return 'its file cannot be read';
  if (!rules) return 'its rules count list items, which stand elsewhere in what runs';
  const notes = about.names.counts && format === 'flux' ? [countsItems] : [];
  try {
    let after = editYaml(before, { document, pointer, value: rules });
    if (
      holder.kind === 'HelmRelease' &&
      valueAt(holder.value, 'spec', 'driftDetection', 'mode') === undefined
    ) {
      after = editYaml(after, {
        document,
        pointer: [...pointer.slice(0, -1), 'mode'],
        value: 'warn',
        order: ['mode', 'ignore'],
      });
      notes.push(looksForNone);
    }
    if (format === 'argocd' && !respects(holder)) notes.push(appliesAll);
    if (after === before) return 'it says so already';
    const isDone = await proven(workspace, about, file, after);
    return isDone
      ? { kind: 'edit', file, before, after, place, notes }
      : 'something else in the repository decides its rules';
  } catch (error) {
    if (!(error instanceof NotEditable)) throw error;
    return error.message.replace(/\.$/, '');
  }
}

const countsItems =
  'Flux names list items by their position: the rule means another one when the order changes.';
const looksForNone =
  'helm-controller looked for no drift in this release, so driftDetection.mode is set to warn: it tells of drift and corrects none.';
const appliesAll =
  'A sync of Argo CD still applies the value, unless the syncOptions have RespectIgnoreDifferences=true.';

function respects({ value, pointer }: RuleHolder): boolean {
  const spec = pointer.slice(0, -1).map(String);
  const options = valueAt(value, ...spec, 'syncPolicy', 'syncOptions');
  return Array.isArray(options) && options.includes('RespectIgnoreDifferences=true');
}

/** The rule in driftline.yaml, for the environment alone. */
async function byDriftline(workspace: Workspace, about: About, notes: string[]): Promise<Ignoring> {
  const { index } = workspace;
  const known = index.file('driftline.yaml') ?? index.file('driftline.yml');
  const file = known?.path ?? 'driftline.yaml';
  const place = { file, line: 1, column: 1 };
  try {
    const after = configText(known?.text, about);
    if (after !== undefined && after === known?.text)
      return { kind: 'elsewhere', reason: `${file} leaves this difference out already.`, place };
    if (after === undefined || !(await proven(workspace, about, file, after)))
      return { kind: 'elsewhere', reason: `No rule in ${file} leaves this difference out.`, place };
    return { kind: 'edit', file, ...(known && { before: known.text }), after, place, notes };
  } catch (error) {
    if (!(error instanceof NotEditable)) throw error;
    return { kind: 'elsewhere', reason: error.message, place };
  }
}

function configText(
  text: string | undefined,
  { environment, object, names }: About,
): string | undefined {
  const base = text === undefined || text.trim() === '' ? 'version: 1\n' : text;
  const root = rootOf(base);
  const environments = valueAt(root, 'environments');
  const entries = Array.isArray(environments) ? environments : [];
  const at = entries.findIndex(entry => isObject(entry) && entry.name === environment);
  const entry = entries[at] ?? { name: environment };
  const rules = withRule(valueAt(entry, 'ignore'), 'driftline', object, names);
  if (!rules) return undefined;
  if (at >= 0)
    return editYaml(base, { document: 0, pointer: ['environments', at, 'ignore'], value: rules });
  const value = [...entries, { name: environment, ignore: rules }];
  return editYaml(base, { document: 0, pointer: ['environments'], value });
}

function rootOf(text: string): Json {
  const root = parseManifests(text).documents[0]?.root;
  return root ? jsonOf(root) : null;
}

/** Reads the edited repository and asks its rules about the difference. */
async function proven(
  workspace: Workspace,
  { environment, object, path, live, desired, owner }: About,
  file: string,
  text: string,
): Promise<boolean> {
  const then = await workspaceWith(workspace, file, text);
  const [chosen] = await then.choose([environment]).catch(() => []);
  const application = chosen?.applications.find(({ name }) => name === owner.name);
  if (!chosen || !application) return false;
  const rules = rulesFor([...application.ignore, ...chosen.ignore], object, desired);
  const lookup = then.schemas(chosen.kubernetes, then.customTypes()).lookup(object);
  const type = lookup.found ? lookup.kind.type : anyType;
  const runs = live ?? desired;
  return coverOf(path, hidings(rules, desired, runs, type), runs).cover === 'hidden';
}
