import { createHash } from 'node:crypto';
import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isWithin } from '../../environments/folders.ts';
import { changeFrom } from '../../git/bring.ts';
import { overlay } from '../../git/overlay.ts';
import { type ChangeBase, changeBase, freeBranch, mergeBase } from '../../git/remote.ts';
import { openRepository } from '../../git/repository.ts';
import { withChange } from '../../git/with-change.ts';
import { UserError } from '../../lib/errors.ts';
import type { Workspace } from '../../workspace.ts';
import { type EditsOf, effectFrom } from '../effect/effect.ts';
import { effectLines } from '../effect/text.ts';
import type { ChangedFile, ProposalPlan, Proposed } from '../plans.ts';
import { requireTrust } from '../trusted.ts';
import { changedFiles } from './changed-files.ts';
import { changesOf } from './changes.ts';
import { forgePlan, openRequest } from './open-request.ts';
import { proposalBody, proposalTitle, proposalWhy } from './text.ts';

export interface ProposalOptions {
  /** Without `paths`: the changed files that these read; all changed files where none is named. */
  environments: readonly string[];
  /** Changed files, or folders of such, relative to the root. */
  paths: readonly string[];
  /** Branch that the change shall go to; where absent the one that is tracked, else the remote's default. */
  base?: string;
  /** Where it is known what was changed by hand in the clusters, the text says what of it would be overwritten. */
  editsOf?: EditsOf;
  signal?: AbortSignal;
}

/**
 * What proposing changed files would put up for review: the files as they are on disk, on top of the newest commit
 * that the checkout shares with the branch they shall go to. Asks the git remote and no forge, a cluster only by
 * `editsOf`; changes nothing. Throws a UserError where there is nothing to propose, or the folder is not trusted.
 */
export async function planProposal(
  workspace: Workspace,
  options: ProposalOptions,
): Promise<ProposalPlan> {
  requireTrust(workspace.host);
  const { root } = workspace.repository;
  const { signal } = options;
  const files = chosenFiles(await changedFiles(workspace, signal), options);
  const paths = files.map(({ path }) => path);
  const base = await changeBase(root, signal, options.base);
  const { commit } = await startOf(root, base, signal);
  const old = await openRepository(root, { revision: commit, signal });
  const now = overlay(old, await openRepository(root, { signal }), paths);
  const after = await workspace.beside(now, base.branch);
  const changes = await changesOf(await workspace.beside(old, base.branch), after, paths);
  const effect = await effectFrom(after, changes, options.editsOf);
  const title = proposalTitle(changes, paths);
  const state = await stateOf(root, commit, paths);
  return {
    files,
    title,
    body: proposalBody(proposalWhy(files), changes, effect),
    summary: effectLines(effect),
    branch: await freeBranch(root, base.remote, branchName(title, state), signal),
    base: base.branch,
    forge: forgePlan(workspace.host, base.remote?.url),
    state,
  };
}

/**
 * Puts the planned files on a new branch, pushes it and opens the request; without `token` the forge's page is the
 * answer. The user's checkout stays as it is. Throws a UserError; where the branch was pushed already it says so.
 */
export async function propose(
  workspace: Workspace,
  plan: ProposalPlan,
  options: { token?: string; signal?: AbortSignal; progress?: (message: string) => void },
): Promise<Proposed> {
  requireTrust(workspace.host);
  const { root } = workspace.repository;
  const { token, signal, progress } = options;
  const { title, body, branch } = plan;
  const paths = plan.files.map(({ path }) => path);
  progress?.(`Getting ${plan.base}`);
  const base = await changeBase(root, signal, plan.base);
  const start = await startOf(root, base, signal);
  if ((await stateOf(root, start.commit, paths)) !== plan.state)
    throw new UserError(
      'The files, or the branch they shall go to, have changed since the text was made, so nothing was pushed; look at the change again.',
    );
  progress?.(`Pushing ${branch}`);
  const message = [title, '', ...(plan.summary ?? [])].join('\n').trim();
  const change = { base: start, branch, message, signal };
  const { commit } = await withChange(root, change, changeFrom(root, paths));
  progress?.(`Opening the request on ${plan.forge.title}`);
  const draft = { title, body, branch, base: base.branch };
  return openRequest(workspace.host, base.remote?.url, draft, { commit, token, signal });
}

/** Not the tip: files copied onto a newer state would take back what others changed in them. */
async function startOf(
  root: string,
  { remote, commit }: ChangeBase,
  signal: AbortSignal | undefined,
): Promise<Pick<ChangeBase, 'remote' | 'commit'>> {
  return { remote, commit: await mergeBase(root, 'HEAD', commit, signal) };
}

function chosenFiles(
  changed: readonly ChangedFile[],
  { environments, paths }: ProposalOptions,
): ChangedFile[] {
  for (const path of paths)
    if (!changed.some(file => isWithin(path, file.path)))
      throw new UserError(`${path} has no change that is not committed, so it cannot be proposed.`);
  const isNamed = (file: ChangedFile) => paths.some(path => isWithin(path, file.path));
  const isRead = (file: ChangedFile) => environments.some(name => file.environments.includes(name));
  const isChosen = paths.length > 0 ? isNamed : environments.length > 0 ? isRead : () => true;
  const chosen = changed.filter(isChosen);
  if (chosen.length > 0) return chosen;
  throw new UserError(
    changed.length === 0
      ? 'Every file is as it was committed, so there is nothing to propose.'
      : `None of the ${changed.length} changed files is read by ${environments.join(', ')}; name the files to propose.`,
  );
}

/** Digest of where the change begins and of what the files are on disk. */
async function stateOf(root: string, commit: string, paths: readonly string[]): Promise<string> {
  const digest = createHash('sha256').update(commit);
  for (const path of paths) digest.update(`\0${path}\0`).update(await contentOf(join(root, path)));
  return digest.digest('hex');
}

async function contentOf(path: string): Promise<Uint8Array | string> {
  const stat = await lstat(path).catch(() => undefined);
  if (stat === undefined) return 'deleted';
  if (stat.isSymbolicLink()) return `link ${await readlink(path)}`;
  return stat.isFile() ? Buffer.concat([Buffer.from(`${stat.mode} `), await readFile(path)]) : '';
}

/** `driftline/production-change-deployment-shop-web-1a2b3c4`. */
function branchName(title: string, state: string): string {
  const words = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const slug = words.slice(0, 60).replace(/^-+|-+$/g, '');
  return `driftline/${slug || 'change'}-${state.slice(0, 7)}`;
}
