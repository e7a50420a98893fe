import { posix } from 'node:path';
import { foldersAbove } from '../manifests/paths.ts';
import {
  type Environment,
  foldersOf,
  type RenderSource,
  secretValues,
} from '../model/environment.ts';
import type { Finding, NotChecked } from '../model/finding.ts';
import { newestVersion } from '../schemas/schemas.ts';
import { RuleCatalogue } from '../validate/catalogue.ts';
import { settle } from '../validate/suppress/settle.ts';
import type { UnusedIn } from '../validate/unused.ts';
import {
  findingsInText,
  type RenderedSet,
  type ValidationInput,
  validateRepository,
} from '../validate/validate.ts';
import { withoutSecrets } from '../words/safe-findings.ts';
import type { Workspace } from '../workspace.ts';
import { completeness, onlyServerTells } from './completeness.ts';
import { definitionsOf } from './definitions.ts';
import { notRendered, renderApplications } from './rendering.ts';
import type { ValidateReport } from './reports.ts';
import { findUnused, unusedIn } from './unused.ts';

/** Kept: each page is read once. */
const catalogue = new RuleCatalogue();

export interface ValidateOptions {
  environments: readonly Environment[];
  /** Files and folders, relative to the repository's root, to which findings are limited; empty: all. */
  paths: readonly string[];
  /** Kubernetes version for what no environment gives one; the newest that is bundled when absent. */
  target?: string;
  signal?: AbortSignal;
}

/**
 * Checks the texts of a repository and everything it renders: what the environments deploy, and the
 * kustomizations and charts that none of them names.
 */
export async function validate(
  workspace: Workspace,
  { environments, paths, signal, target = newestVersion() }: ValidateOptions,
): Promise<Omit<ValidateReport, 'elapsedMs'>> {
  const deployed = await Promise.all(
    environments.map(environment => renderDeployed(workspace, environment, target)),
  );
  const sets = deployed.flatMap(each => each.sets);
  const rest = await renderRest(workspace, sets, target);
  const { problems, unresolved, environments: all, validation } = await workspace.discovery();
  const found = await validateRepository({
    ...repositoryOf(workspace, environments),
    unresolved,
    rendered: [...sets, ...rest.sets],
    target,
    levels: validation.levels,
    judge: workspace.judge,
    signal,
  });
  const unused = await findUnused(workspace, {
    environments,
    reads: new Set(sets.flatMap(each => each.reads)),
    deployed: deployed.flatMap(each => each.unused),
    rest: rest.unused,
    notChecked: deployed.flatMap(each => each.notChecked),
  });
  const unread = workspace.index.unread.map(({ file, reason }) => ({
    reason,
    place: { file, line: 1, column: 1 },
  }));
  const notChecked = [
    ...found.notChecked,
    ...deployed.flatMap(each => each.notChecked),
    ...rest.notChecked,
    ...unread,
  ];
  const settled = settle({
    findings: [...problems, ...readable(found.findings, sets, environments), ...unused],
    index: workspace.index,
    policy: validation,
    catalogue,
    isUnasked: rule => onlyServerTells.has(rule),
    isComplete: completeness(workspace, [...sets, ...rest.sets], notChecked, {
      all: environments.length === all.length,
    }),
  });
  return limited(paths, { ...settled, checked: found.checked, notChecked });
}

/**
 * Checks one file in its present text, and what is rendered with it: what an editor asks for at every
 * keystroke. Findings of other files are left out.
 */
export async function validateFile(
  workspace: Workspace,
  {
    environments,
    file,
    signal,
  }: { environments: readonly Environment[]; file: string; signal?: AbortSignal },
): Promise<Finding[]> {
  const target = workspace.schemas(undefined, []).version;
  const deployed = await Promise.all(
    environments.map(environment => renderDeployed(workspace, environment, target)),
  );
  const sets = deployed.flatMap(each => each.sets);
  const rest = await renderRest(workspace, sets, target, file);
  const { problems, unresolved, validation } = await workspace.discovery();
  const rendered = [...sets, ...rest.sets];
  const definitions = definitionsOf(workspace, rendered);
  const { findings, notChecked } = await validateRepository({
    ...repositoryOf(workspace, environments),
    unresolved,
    rendered,
    target,
    levels: validation.levels,
    only: file,
    schemasOf: version => workspace.schemas(version, definitions, { bundled: true }),
    judge: workspace.judge,
    signal,
  });
  const unused = await findUnused(workspace, {
    environments,
    reads: new Set(sets.flatMap(each => each.reads)),
    deployed: deployed.flatMap(each => each.unused),
    rest: rest.unused,
    notChecked: deployed.flatMap(each => each.notChecked),
  });
  const shown = readable(findings, sets, environments);
  const open = [...notChecked, ...deployed.flatMap(each => each.notChecked), ...rest.notChecked];
  return settle({
    findings: [...problems, ...shown, ...unused].filter(finding => finding.file === file),
    index: workspace.index,
    policy: validation,
    catalogue,
    only: file,
    isUnasked: rule => onlyServerTells.has(rule),
    isComplete: completeness(workspace, rendered, open, { all: true }),
  }).findings;
}

/**
 * What the present text of a file tells by itself: what an editor shows while `validateFile` is under way. `readers`
 * are the environments that read it, as far as they were rendered.
 */
export async function validateText(
  workspace: Workspace,
  file: string,
  readers: readonly Environment[],
): Promise<Finding[]> {
  const { index } = workspace;
  const indexed = index.file(file);
  if (!indexed) return [];
  const target = workspace.schemas(undefined, []).version;
  const definitions = workspace.customTypes();
  const { validation } = await workspace.discovery();
  const findings = findingsInText(
    { index, target, schemasOf: version => workspace.schemas(version, definitions) },
    indexed,
    readers.map(({ name, kubernetes }) => ({ environment: name, target: kubernetes ?? target })),
  );
  const settled = settle({
    ...{ findings, index, policy: validation, catalogue, only: file },
    // What comments are good for shows when everything is found.
    isUnasked: () => true,
    isComplete: () => false,
  });
  return settled.findings.filter(({ rule }) => findings.some(found => found.rule === rule));
}

function repositoryOf(
  { index, repository, remotes }: Workspace,
  environments: readonly Environment[],
): Pick<ValidationInput, 'index' | 'repository' | 'remotes' | 'environments'> {
  return { index, repository, remotes, environments };
}

function readable(
  findings: readonly Finding[],
  sets: readonly RenderedSet[],
  environments: readonly Environment[],
): Finding[] {
  const objects = sets.flatMap(set => set.objects);
  const applications = environments.flatMap(environment => environment.applications);
  const values = applications.flatMap(({ source }) => secretValues(source));
  return withoutSecrets(findings, objects, [...new Set(values)]);
}

interface Sets {
  sets: RenderedSet[];
  notChecked: NotChecked[];
  /** In the order of `sets`. */
  unused: UnusedIn[];
}

async function renderDeployed(
  workspace: Workspace,
  environment: Environment,
  newest: string,
): Promise<Sets> {
  const applications = await renderApplications(workspace, environment, { trace: true });
  const target = environment.kubernetes ?? newest;
  return {
    sets: applications.map(({ application: { name, source }, rendered }) => ({
      environment: environment.name,
      application: name,
      source,
      target,
      objects: rendered.objects,
      uncertain: rendered.notChecked,
      reads: rendered.reads,
      ...(rendered.failure && { failure: rendered.failure }),
    })),
    notChecked: notRendered(environment, applications, { objects: true }),
    unused: applications.map(({ application, rendered }) =>
      unusedIn(application.source, rendered, environment.name),
    ),
  };
}

/** Kustomizations and charts that nothing deploys are final all the same: leaves that no other one uses. */
async function renderRest(
  workspace: Workspace,
  deployed: readonly RenderedSet[],
  target: string,
  file?: string,
): Promise<Sets> {
  const read = new Set(deployed.flatMap(({ reads }) => reads));
  const sets: RenderedSet[] = [];
  const notChecked: NotChecked[] = [];
  const unused: UnusedIn[] = [];
  const sources = leaves(workspace, read);
  for (const source of file === undefined ? sources : sources.filter(mayRead(workspace, file))) {
    const rendered = await workspace.trace({ source });
    const { objects, reads, failure, notChecked: uncertain } = rendered;
    unused.push(unusedIn(source, rendered));
    sets.push({
      source,
      target,
      objects,
      uncertain,
      reads,
      incomplete: isBase(source),
      ...(failure && { failure }),
    });
    if (failure) notChecked.push({ reason: failure.message, place: failure.place });
  }
  return { sets, notChecked, unused };
}

/** True for the sources that a file is built by, as far as kustomizations and charts name it. */
function mayRead({ index }: Workspace, file: string): (source: RenderSource) => boolean {
  const builders = new Set<string>();
  const follow = (path: string) => {
    for (const user of index.usersOf(path)) {
      if (builders.has(user.path)) continue;
      builders.add(user.path);
      follow(user.path);
    }
  };
  follow(file);
  for (const folder of foldersAbove(file)) {
    if (index.kustomizations.has(folder)) {
      builders.add(folder);
      follow(folder);
    }
    if (index.charts.has(folder)) builders.add(folder);
  }
  return source => foldersOf(source).some(folder => builders.has(folder));
}

/** A folder that says it is a base may be completed from another repository. */
function isBase(source: RenderSource): boolean {
  return foldersOf(source).some(folder => /(^|\/)_?bases?(\/|$)/.test(folder));
}

function leaves({ index }: Workspace, read: ReadonlySet<string>): RenderSource[] {
  const kustomizations = [...index.kustomizations.values()]
    .filter(({ kind, file }) => kind !== 'Component' && !read.has(file))
    .filter(({ path }) => index.usersOf(path).length === 0)
    .map(({ path }) => ({ kind: 'kustomize' as const, path }));
  const charts = [...index.charts.values()]
    .filter(({ type, file, path }) => type !== 'library' && !read.has(file) && !isSubchart(path))
    .map(({ path, name }) => ({
      kind: 'helm' as const,
      path,
      release: name,
      namespace: 'default',
      values: [],
      includeCrds: true,
    }));
  return [...kustomizations, ...charts];
}

function isSubchart(path: string): boolean {
  return posix.basename(posix.dirname(path)) === 'charts' && posix.dirname(path) !== 'charts';
}

function limited(
  paths: readonly string[],
  report: Omit<ValidateReport, 'elapsedMs'>,
): Omit<ValidateReport, 'elapsedMs'> {
  if (paths.length === 0) return report;
  const isIn = (file: string) =>
    paths.some(path => path === '' || file === path || file.startsWith(`${path}/`));
  return {
    ...report,
    findings: report.findings.filter(({ file }) => isIn(file)),
    suppressed: report.suppressed.filter(({ finding: { file } }) => isIn(file)),
    notChecked: report.notChecked.filter(({ place }) => place === undefined || isIn(place.file)),
  };
}
