import { type Environment, secretValues } from '../model/environment.ts';
import type { Finding } from '../model/finding.ts';
import { newestVersion } from '../schemas/schemas.ts';
import { RuleCatalogue } from '../validate/catalogue.ts';
import { settle } from '../validate/suppress/settle.ts';
import {
  findingsInText,
  type RenderedSet,
  type ValidationInput,
  validateRepository,
} from '../validate/validate.ts';
import { withoutSecrets } from '../words/safe-findings.ts';
import type { Workspace } from '../workspace.ts';
import { type CheckedBy, checkedBy } from './checked-by.ts';
import { clusterTypes } from './cluster-types.ts';
import { completeness, onlyServerTells } from './completeness.ts';
import { environmentTypes } from './environment-types.ts';
import { askMirrors } from './mirror-schemas.ts';
import { renderRest, type Sets } from './render-rest.ts';
import { notRendered, renderApplications } from './rendering.ts';
import type { ValidateReport } from './reports.ts';
import { newOnes } from './server-check/new-ones.ts';
import { checkOnServer, type ServerCheck } from './server-check/server-check.ts';
import { findUnused, unusedIn } from './unused.ts';

const nobodyAsked = Promise.resolve<ServerCheck>({
  ...{ findings: [], notChecked: [], tried: 0, failures: [] },
});

/** Kept: each page is read once. */
const catalogue = new RuleCatalogue();

export interface ValidateOptions {
  environments: readonly Environment[];
  /** Files and folders, relative to the repository's root, to which findings are limited; empty: all. */
  paths: readonly string[];
  /** False where no cluster and no mirror may be asked for types: nobody trusts the folder. True when absent. */
  ask?: boolean;
  /** Kubernetes version for what no environment gives one; the newest that is bundled when absent. */
  target?: string;
  /** Also have the servers of the environments try what is rendered; see `server-check`. */
  server?: boolean;
  signal?: AbortSignal;
}

/**
 * Checks the texts of a repository and everything it renders: what the environments deploy, and the
 * kustomizations and charts that none of them names.
 */
export async function validate(
  workspace: Workspace,
  {
    environments,
    paths,
    signal,
    server = false,
    ask = true,
    target = newestVersion(),
  }: ValidateOptions,
): Promise<Omit<ValidateReport, 'elapsedMs'> & { failures: string[] }> {
  const asked = server ? checkOnServer(workspace, { environments, paths, signal }) : nobodyAsked;
  // It is waited for at the end; an abort ends this function before.
  asked.catch(() => {});
  const deployed = await Promise.all(
    environments.map(environment => renderDeployed(workspace, environment, target)),
  );
  const made = deployed.flatMap(each => each.sets);
  const rest = await renderRest(workspace, made, target);
  const words = await clusterTypes(workspace, environments, { ask, sets: made, signal });
  const by = environments.map(each => checkedBy(each, words.get(each.name) ?? {}, target));
  const sets = forVersions(made, by);
  const { problems, unresolved, environments: all, validation } = await workspace.discovery();
  const rendered = [...sets, ...rest.sets];
  const known = environmentTypes(workspace, rendered, words);
  const mirrors = await askMirrors(workspace, rendered, known, { ask, signal });
  const found = await validateRepository({
    ...repositoryOf(workspace, environments),
    unresolved,
    rendered,
    target,
    schemasOf: mirrors.found ? environmentTypes(workspace, rendered, words) : known,
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
  const said = await asked;
  const told = [...problems, ...readable(found.findings, sets, environments), ...unused];
  const notChecked = [
    ...found.notChecked,
    ...mirrors.notChecked,
    ...deployed.flatMap(each => each.notChecked),
    ...rest.notChecked,
    ...unread,
  ];
  const settled = settle({
    findings: [...told, ...newOnes(told, said.findings)],
    index: workspace.index,
    policy: validation,
    catalogue,
    isUnasked: rule => !server && onlyServerTells.has(rule),
    isComplete: completeness(workspace, rendered, notChecked, {
      all: environments.length === all.length,
    }),
  });
  const open = new Set(notChecked.map(({ reason }) => reason));
  const more = said.notChecked.filter(({ reason }) => !open.has(reason));
  const checked = { ...found.checked, ...(server && { tried: said.tried }) };
  const report = { ...settled, checked, checkedBy: by, notChecked: [...notChecked, ...more] };
  return { ...limited(paths, report), failures: said.failures };
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
  const made = deployed.flatMap(each => each.sets);
  const rest = await renderRest(workspace, made, target, file);
  const words = await clusterTypes(workspace, environments, { ask: false, sets: made, signal });
  const by = environments.map(each => checkedBy(each, words.get(each.name) ?? {}, target));
  const sets = forVersions(made, by);
  const { problems, unresolved, validation } = await workspace.discovery();
  const rendered = [...sets, ...rest.sets];
  const { findings, notChecked } = await validateRepository({
    ...repositoryOf(workspace, environments),
    unresolved,
    rendered,
    target,
    levels: validation.levels,
    only: file,
    schemasOf: environmentTypes(workspace, rendered, words),
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
  const schemasOf = (version: string, environment?: string) =>
    workspace.checkedBy.get(environment) ??
    workspace.schemas(version, definitions, { bundled: true });
  const findings = findingsInText(
    { index, target, schemasOf },
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

/** The renders of each environment with the version that they are checked for. */
function forVersions(sets: readonly RenderedSet[], by: readonly CheckedBy[]): RenderedSet[] {
  const versions = new Map(by.map(({ environment, kubernetes }) => [environment, kubernetes]));
  return sets.map(set => ({
    ...set,
    target: versions.get(set.environment ?? '') ?? set.target,
  }));
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

/** The part of a report that is about these files and folders; all of it for none. */
export function limited(
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
