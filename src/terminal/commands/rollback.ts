import { tokenFor } from '../../core/actions/propose/open-request.ts';
import type { NamedApplication } from '../../core/actions/rollback/application-files.ts';
import { rollbackRevisions } from '../../core/actions/rollback/revisions.ts';
import { planRollback, rollback as put } from '../../core/actions/rollback/rollback.ts';
import { UserError } from '../../core/lib/errors.ts';
import type { Environment } from '../../core/model/environment.ts';
import { shortRevision } from '../../core/words/names.ts';
import type { Workspace } from '../../core/workspace.ts';
import type { Invocation } from '../arguments.ts';
import { confirm } from '../confirm.ts';
import { exitCodes } from '../exit-codes.ts';
import { writeOut } from '../output.ts';
import { proposedHint, readableMarkdown } from '../report/proposed.ts';
import { revisionsJson, revisionsText, rollbackJson } from '../report/rollback.ts';
import { deliver, progress, type Terminal, textOptions, withWorkspace } from '../terminal.ts';

type RollbackArguments = Extract<Invocation, { command: 'rollback' }>;

/**
 * `driftline rollback`: without `--to` the revisions there are; with it the text for review on standard error and,
 * once a person agreed, the request's address on standard output.
 */
export async function rollback(invocation: RollbackArguments, terminal: Terminal): Promise<number> {
  const { application, to, offline, revision } = invocation;
  if (application === undefined)
    throw new UserError(
      'Name the application to roll back: driftline rollback -e NAME APPLICATION.',
    );
  if (revision !== undefined)
    throw new UserError(
      'The history of what is checked out is read, so --revision does not fit; name the commit to go back to with --to.',
    );
  if (to !== undefined && offline)
    throw new UserError('Rolling back needs git to push, so --to does not go with --offline.');
  return withWorkspace(invocation, terminal, async workspace => {
    const environment = oneOf(await workspace.choose(invocation.environments));
    const named = { environment: environment.name, application };
    if (to === undefined) await list(workspace, named, invocation, terminal);
    else await act(workspace, { ...named, commit: to }, environment, invocation, terminal);
    return exitCodes.clean;
  });
}

async function list(
  workspace: Workspace,
  named: NamedApplication,
  invocation: RollbackArguments,
  terminal: Terminal,
): Promise<void> {
  const { signal } = terminal;
  const revisions = await rollbackRevisions(workspace, { ...named, signal });
  const text =
    invocation.format === 'json'
      ? revisionsJson(named, revisions)
      : revisionsText(named, revisions, textOptions(invocation, terminal));
  await deliver(text, invocation, terminal);
}

async function act(
  workspace: Workspace,
  target: NamedApplication & { commit: string },
  environment: Environment,
  invocation: RollbackArguments,
  terminal: Terminal,
): Promise<void> {
  const { signal, stderr } = terminal;
  const { quiet, format } = invocation;
  const rendered = progress('Rendering what changes …', invocation, terminal);
  const plan = await planRollback(workspace, { ...target, signal }).finally(rendered);
  if (!quiet) await writeOut(stderr, `${plan.title}\n\n${readableMarkdown(plan.body)}\n\n`);
  const where = plan.forge.host === '' ? '' : ` on ${plan.forge.host}`;
  const text = `Push ${plan.branch}${where} and propose to roll ${plan.application} in ${plan.environment} back to ${shortRevision(plan.to)}?`;
  await confirm({ text, environment }, invocation, terminal);
  const token = tokenFor(workspace.host, plan.forge);
  const pushed = progress('Pushing …', invocation, terminal);
  const made = await put(workspace, plan, { token, signal }).finally(pushed);
  if (!quiet) await writeOut(stderr, proposedHint(made, plan.forge));
  const answer = made.kind === 'branch' ? made.branch : made.url;
  await deliver(format === 'json' ? rollbackJson(plan, made) : `${answer}\n`, invocation, terminal);
}

function oneOf(environments: readonly Environment[]): Environment {
  const [environment, ...others] = environments;
  if (environment !== undefined && others.length === 0) return environment;
  throw new UserError(
    `A rollback is of one environment: name it with -e (there are: ${environments.map(({ name }) => name).join(', ') || 'none'}).`,
  );
}
