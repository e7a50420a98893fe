import { isDeepStrictEqual } from 'node:util';
import { changeTo } from '../../git/bring.ts';
import { changedBetween } from '../../git/changes.ts';
import { overlay } from '../../git/overlay.ts';
import { changeBase, chooseRemote, commitOf, freeBranch } from '../../git/remote.ts';
import { openRepository } from '../../git/repository.ts';
import { withChange } from '../../git/with-change.ts';
import { UserError } from '../../lib/errors.ts';
import type { Application } from '../../model/environment.ts';
import { resourceKey } from '../../model/resource.ts';
import { placeText } from '../../model/source.ts';
import { shortRevision } from '../../words/names.ts';
import { printable } from '../../words/values.ts';
import type { Workspace } from '../../workspace.ts';
import { type EditsOf, effectFrom } from '../effect/effect.ts';
import { effectLines } from '../effect/text.ts';
import type { Proposed, RollbackPlan } from '../plans.ts';
import { isReached, renderEnvironments } from '../propose/changed-files.ts';
import { changesOf } from '../propose/changes.ts';
import { forgePlan, openRequest } from '../propose/open-request.ts';
import { proposalBody } from '../propose/text.ts';
import { requireTrust } from '../trusted.ts';
import { filesOf, findApplication, type NamedApplication } from './application-files.ts';
import { rollbackWhy } from './text.ts';

/**
 * What rolling an application back to a commit would put up for review. Set back are the files that make the
 * application what it is (`filesOf`), at that commit or now, and differ: files that came later are deleted. Files
 * that others read too are set back for them as well; the text says who they are. Asks the git remote for the
 * newest commit; changes nothing. Throws a UserError where there is nothing to set back, or what would come of it
 * does not render.
 */
export async function planRollback(
  workspace: Workspace,
  options: NamedApplication & { commit: string; editsOf?: EditsOf; signal?: AbortSignal },
): Promise<RollbackPlan> {
  const { signal, environment, application: name } = options;
  requireTrust(workspace.host);
  await findApplication(workspace, options);
  const { root } = workspace.repository;
  const to = await commitOf(root, options.commit, signal);
  const base = await changeBase(root, signal);
  const stateOf = async (revision: string) =>
    workspace.beside(await openRepository(root, { revision, signal }), base.branch);
  const [now, then] = await Promise.all([stateOf(base.commit), stateOf(to)]);
  const current = await findApplication(now, options);
  const earlier = await earlierOf(then, options, to);
  const belonging = new Set([
    ...(await filesOf(now, current.application)),
    ...(await filesOf(then, earlier)),
  ]);
  const paths = (await changedBetween(root, base.commit, to, signal)).filter(path =>
    belonging.has(path),
  );
  if (paths.length === 0)
    throw new UserError(
      `${name} is on ${base.branch} as it was at ${shortRevision(to)}, so there is nothing to roll back.`,
    );
  const after = await workspace.beside(
    overlay(now.repository, then.repository, paths),
    base.branch,
  );
  const title = printable(`${environment}: roll back ${name} to ${shortRevision(to)}`);
  const why = rollbackWhy({
    application: name,
    from: base.commit,
    to,
    base: base.branch,
    paths,
    deleted: paths.filter(path => !then.repository.files.includes(path)),
    others: await othersReading(after, now, options, paths),
    differing: await differingFrom(after, then, options, earlier),
  });
  const changes = await changesOf(now, after, paths);
  const effect = await effectFrom(after, changes, options.editsOf);
  const branch = branchName(`rollback-${environment}-${name}-${shortRevision(to)}`);
  return {
    environment,
    application: name,
    from: base.commit,
    to,
    paths,
    title,
    body: proposalBody(why, changes, effect),
    summary: effectLines(effect),
    branch: await freeBranch(root, base.remote, branch, signal),
    base: base.branch,
    forge: forgePlan(workspace.host, base.remote?.url),
  };
}

/**
 * Sets the planned files back on a new branch, pushes it and opens the request; without `token` the forge's page is
 * the answer. Checkout and cluster stay as they are. Throws a UserError; where the branch was pushed it says so.
 */
export async function rollback(
  workspace: Workspace,
  plan: RollbackPlan,
  options: { token?: string; signal?: AbortSignal; progress?: (message: string) => void },
): Promise<Proposed> {
  const { signal, token, progress } = options;
  const { title, body, branch, from, to, paths } = plan;
  requireTrust(workspace.host);
  const { root } = workspace.repository;
  const remote = await chooseRemote(root, signal);
  progress?.(`Pushing ${branch}`);
  const summary = plan.summary?.length ? [plan.summary.join('\n')] : [];
  const back = `Back from ${from}\nto ${to}:`;
  const message = `${[title, ...summary, back, paths.join('\n')].join('\n\n')}\n`;
  const { commit } = await withChange(
    root,
    { base: { remote, commit: from }, branch, message, signal },
    changeTo(to, paths, signal),
  );
  progress?.(`Opening the request on ${plan.forge.title}`);
  const draft = { title, body, branch, base: plan.base };
  return openRequest(workspace.host, remote?.url, draft, { commit, token, signal });
}

/** As it was declared then. Throws a UserError where it was not, or was not to be rendered. */
async function earlierOf(
  then: Workspace,
  { environment, application: name }: NamedApplication,
  to: string,
): Promise<Application> {
  const { environments } = await then.discovery();
  const found = environments
    .find(each => each.name === environment)
    ?.applications.find(each => each.name === name);
  if (found === undefined)
    throw new UserError(
      `At ${shortRevision(to)} there was no application ${name} in ${environment}; choose a later commit.`,
    );
  const { failure } = await then.render(found);
  if (failure === undefined) return found;
  throw new UserError(
    `${name} could not be rendered at ${shortRevision(to)}, so it is not rolled back to that: ${failure.message} (${placeText(failure.place)})`,
  );
}

/** Applications besides this one that read a file which is set back. */
async function othersReading(
  after: Workspace,
  now: Workspace,
  { environment, application }: NamedApplication,
  paths: readonly string[],
): Promise<string[]> {
  const states = await Promise.all([now, after].map(renderEnvironments));
  const names = states.flat().flatMap(each =>
    each.applications
      .filter(one => isReached(one, paths))
      .filter(one => each.environment.name !== environment || one.application.name !== application)
      .map(one => `${each.environment.name}/${one.application.name}`),
  );
  return [...new Set(names)].sort();
}

/**
 * Objects that would not be as they were then although the application's files are: it is made of more than its
 * files. Throws a UserError where it would not render at all.
 */
async function differingFrom(
  after: Workspace,
  then: Workspace,
  names: NamedApplication,
  earlier: Application,
): Promise<number> {
  const { application } = await findApplication(after, names);
  const [made, was] = [await after.render(application), await then.render(earlier)];
  if (made.failure)
    throw new UserError(
      `With its files set back, ${names.application} does not render: ${made.failure.message} (${placeText(made.failure.place)})`,
    );
  const before = new Map(was.objects.map(object => [resourceKey(object.resource), object]));
  const isSame = ({ resource, value, volatile }: (typeof made.objects)[number]) =>
    volatile !== undefined || isDeepStrictEqual(before.get(resourceKey(resource))?.value, value);
  const changed = made.objects.filter(object => !isSame(object)).length;
  const keys = new Set(made.objects.map(({ resource }) => resourceKey(resource)));
  return changed + [...before.keys()].filter(key => !keys.has(key)).length;
}

/** What git takes as the name of a branch, and a shell without quotes. */
function branchName(words: string): string {
  const name = words
    .replace(/[^A-Za-z0-9-]+/g, '-')
    .replace(/-{2,}/g, '-')
    .slice(0, 100);
  return `driftline/${name.replace(/^-+|-+$/g, '')}`;
}
