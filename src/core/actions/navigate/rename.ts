import { UserError } from '../../lib/errors.ts';
import { kindText } from '../../links/field.ts';
import { parseManifests } from '../../manifests/parse.ts';
import { sopsFormat } from '../../sops/formats.ts';
import type { Workspace } from '../../workspace.ts';
import type { Renamed } from './alike.ts';
import { type LabelUse, labelLinks, labelUseAt } from './label-links.ts';
import type { NameUse } from './name-uses.ts';
import { linksOf, nameUseAt, type ObjectLinks } from './object-links.ts';
import { proveRename } from './prove-rename.ts';
import type { Spot } from './spot.ts';
import { variableLinks, variablesIn } from './variable-links.ts';

/** What can be renamed at a place: the word, and where it stands. */
export interface Renamable {
  name: string;
  spot: Spot;
}

/**
 * What stands at an offset of a file and can be renamed. Throws a `UserError` with one sentence where it cannot, as far
 * as that is known without rendering.
 */
export async function prepareRename(
  workspace: Workspace,
  path: string,
  offset: number,
): Promise<Renamable> {
  const plan = await planAt(workspace, path, offset);
  const own = plan.spots.find(
    spot => spot.file === path && spot.start <= offset && offset <= spot.end,
  );
  if (!own) throw new UserError(nothingThere);
  return { name: plan.from, spot: own };
}

/**
 * The texts of all files in which something is renamed, with every place that means it; what the edit makes was
 * rendered and looked at. Throws a `UserError` with one sentence where it cannot be done safely.
 */
export async function rename(
  workspace: Workspace,
  path: string,
  offset: number,
  to: string,
): Promise<{ file: string; spots: (Spot & { text: string })[] }[]> {
  const plan = await planAt(workspace, path, offset);
  if (to === plan.from) return [];
  plan.accept(to);
  const files = [...Map.groupBy(plan.spots, ({ file }) => file)].map(([file, spots]) => ({
    file,
    spots: spots.map(spot => ({ ...spot, text: written(textOf(workspace, file), spot, to) })),
  }));
  const texts = new Map(
    files.map(({ file, spots }) => [file, spliced(textOf(workspace, file), spots)]),
  );
  const { from, as, host } = plan;
  await proveRename(workspace, texts, { from, to, as, ...(host && { host }) });
  return files;
}

interface Plan extends Pick<Renamed, 'from' | 'as' | 'host'> {
  spots: readonly Spot[];
  /** Throws a `UserError` where the new name will not do. */
  accept(to: string): void;
}

const nothingThere =
  'Here is no name of an object, value of a label or variable that could be renamed.';

async function planAt(workspace: Workspace, path: string, offset: number): Promise<Plan> {
  const { index } = workspace;
  const file = index.file(path);
  if (!file || file.role === 'chart-template')
    throw new UserError('A template makes this text, so it cannot be renamed here.');
  const variable = await variableLinks(workspace, path, offset);
  if (variable) return variablePlan(workspace, variable);
  const isUse = variablesIn(path, file.text).some(
    ({ spot }) => spot.start <= offset && offset <= spot.end,
  );
  if (isUse) throw new UserError('Nothing in this repository defines this variable.');
  const named = nameUseAt(index, path, offset);
  if (named) return objectPlan(workspace, named);
  const label = labelUseAt(index, path, offset);
  if (label) return labelPlan(workspace, label);
  throw new UserError(nothingThere);
}

async function objectPlan(workspace: Workspace, use: NameUse): Promise<Plan> {
  const { name } = use;
  if (/[${}]/.test(name))
    throw new UserError(
      `A variable or template makes the name ${name}: it cannot be renamed here.`,
    );
  const links = await linksOf(workspace, use);
  const kind = links.kinds[0]?.kind ?? 'object';
  const defined = links.uses.filter(({ role }) => role === 'definition' || role === 'generator');
  if (defined.length === 0)
    throw new UserError(
      `Nothing in this repository defines the ${kind} ${name}: rename it where it is made.`,
    );
  const fixed = unrenamable[kindText(links.kinds[0] ?? { group: '', kind: '' })];
  if (fixed !== undefined) throw new UserError(fixed);
  checkTemplates(links, defined);
  const spots = links.uses.map(each => spotOf(workspace, each, `The ${kind} ${name}`));
  return {
    ...{ from: name, as: 'name', spots: unique(spots) },
    ...(kind === 'Service' && { host: true }),
    accept: to => {
      checkName(links, to);
      const others = workspace.index.objects().filter(({ resource }) => resource.name === to);
      const taken = others.find(
        ({ resource, file }) =>
          links.kinds.some(each => each.kind === resource.kind && each.group === resource.group) &&
          defined.some(each => sharesRoot(links, each.file, file)),
      );
      if (taken)
        throw new UserError(`There is a ${kind} ${to} already (${taken.file}:${taken.line}).`);
    },
  };
}

/** Kinds whose names mean more than can be seen here. */
const unrenamable: Record<string, string> = {
  Namespace:
    'A namespace is named in more ways than can be seen here, so it is not renamed: make a new one and move things there.',
  'apiextensions.k8s.io/CustomResourceDefinition':
    'The name of a CustomResourceDefinition is its plural and its group: it cannot be another.',
  'apiregistration.k8s.io/APIService':
    'The name of an APIService is its version and its group: it cannot be another.',
};

function sharesRoot({ deployed }: ObjectLinks, a: string, b: string): boolean {
  const roots = deployed.rootsOf(b);
  return [...deployed.rootsOf(a)].some(root => roots.has(root));
}

/** Where a chart makes an object of that name in some environment, the references there mean another one. */
function checkTemplates({ name, kinds, deployed }: ObjectLinks, defined: readonly NameUse[]): void {
  const own = new Set(defined.map(({ file }) => file));
  const environments = new Set(
    defined.flatMap(({ file, line }) =>
      deployed
        .objectsAt(file, line)
        .map(({ environment, resource }) => `${environment}/${resource.namespace}`),
    ),
  );
  const made = deployed.all.find(
    ({ environment, resource, object }) =>
      resource.name === name &&
      !own.has(object.source.file) &&
      kinds.some(({ group, kind }) => group === resource.group && kind === resource.kind) &&
      !environments.has(`${environment}/${resource.namespace}`) &&
      /(^|\/)templates\//.test(object.source.file),
  );
  if (made)
    throw new UserError(
      `The environments disagree about ${name}: in ${made.environment} the template ${made.object.source.file} makes it.`,
    );
}

function checkName({ kinds }: ObjectLinks, to: string): void {
  const isRole = kinds.some(({ group }) => group === 'rbac.authorization.k8s.io');
  const isService = kinds.some(each => kindText(each) === 'Service');
  const shape = isRole
    ? /^[^/%\s]+$/
    : isService
      ? /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/
      : /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
  if (!shape.test(to) || to.length > 253)
    throw new UserError(
      `${JSON.stringify(to)} is no name for it: small letters, digits, - and . are, such as web-2.`,
    );
}

async function labelPlan(workspace: Workspace, use: LabelUse): Promise<Plan> {
  const { key, value } = use;
  if (/[${}]/.test(value))
    throw new UserError(`A variable or template makes ${value}: it cannot be renamed here.`);
  const { uses } = await labelLinks(workspace, use);
  const spots = uses.map(each => spotOf(workspace, each, `The label ${key}=${value}`));
  return {
    ...{ from: value, as: 'value', spots: unique(spots) },
    accept: to => {
      if (!/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/.test(to))
        throw new UserError(
          `${JSON.stringify(to)} is no value of a label: up to 63 letters, digits, -, _ and . are.`,
        );
    },
  };
}

function variablePlan(
  workspace: Workspace,
  { name, definitions, uses, elsewhere }: NonNullable<Awaited<ReturnType<typeof variableLinks>>>,
): Plan {
  const [where] = elsewhere;
  if (where !== undefined)
    throw new UserError(`${name} comes from ${where}: rename it where it is made.`);
  for (const { file } of [...definitions, ...uses]) checkSigned(workspace, file);
  return {
    ...{ from: name, as: 'key', spots: unique([...definitions, ...uses]) },
    accept: to => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(to))
        throw new UserError(
          `${JSON.stringify(to)} is no name of a variable: letters, digits and _ are.`,
        );
    },
  };
}

function spotOf(
  workspace: Workspace,
  { spot, file }: { spot: Spot | undefined; file: string },
  what: string,
): Spot {
  checkSigned(workspace, file);
  if (spot) return spot;
  throw new UserError(
    `${what} is written in ${file} in a way that cannot be replaced by itself: rename it there by hand.`,
  );
}

function checkSigned({ index }: Workspace, file: string): void {
  if (sopsFormat(index.file(file)?.text ?? ''))
    throw new UserError(`SOPS signs ${file} as a whole, so nothing is renamed in it: use sops.`);
}

function unique(spots: readonly Spot[]): Spot[] {
  return [...new Map(spots.map(spot => [`${spot.file}:${spot.start}`, spot])).values()];
}

function textOf({ index }: Workspace, file: string): string {
  return index.file(file)?.text ?? '';
}

/** In quotes where a plain word would be read as something else than text. */
function written(text: string, { start, end }: Spot, to: string): string {
  const isQuoted = /["']/.test(text[start - 1] ?? '') && text[start - 1] === text[end];
  if (isQuoted || text.slice(start - 2, start) === '${') return to;
  const root = parseManifests(`k: ${to}\n`).documents[0]?.root;
  const value = root?.kind === 'map' ? root.entries[0]?.node : undefined;
  const isText = value?.kind === 'scalar' && value.value === to;
  return isText || /[\w"'=]/.test(text[end] ?? '') ? to : JSON.stringify(to);
}

function spliced(text: string, spots: readonly (Spot & { text: string })[]): string {
  return [...spots]
    .sort((a, b) => b.start - a.start)
    .reduce((now, { start, end, text: by }) => now.slice(0, start) + by + now.slice(end), text);
}
