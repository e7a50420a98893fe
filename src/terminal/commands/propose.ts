import { readFile } from 'node:fs/promises';
import type { ProposalPlan, Proposed } from '../../core/actions/plans.ts';
import { tokenFor } from '../../core/actions/propose/open-request.ts';
import { planProposal, propose as put } from '../../core/actions/propose/propose.ts';
import { knownEdits } from '../../core/actions/reach/known-edits.ts';
import { messageOf, UserError } from '../../core/lib/errors.ts';
import { printable } from '../../core/words/values.ts';
import type { Invocation } from '../arguments.ts';
import { confirm } from '../confirm.ts';
import { exitCodes } from '../exit-codes.ts';
import { writeOut } from '../output.ts';
import { inRepository } from '../paths.ts';
import { proposedHint, readableMarkdown } from '../report/proposed.ts';
import { deliver, progress, type Terminal, withWorkspace } from '../terminal.ts';

type ProposeArguments = Extract<Invocation, { command: 'propose' }>;

/** `driftline propose`: the text for review on standard error, the request's address on standard output. */
export async function propose(invocation: ProposeArguments, terminal: Terminal): Promise<number> {
  const { environments, paths, base, quiet, yes, format } = invocation;
  const { signal, stderr } = terminal;
  assertPossible(invocation);
  return withWorkspace(invocation, terminal, async workspace => {
    const { root } = workspace.repository;
    await workspace.choose(environments);
    const rendered = progress('Rendering what changes …', invocation, terminal);
    const planned = await planProposal(workspace, {
      environments,
      paths: paths.map(path => inRepository(root, path)),
      base,
      editsOf: async names => (await knownEdits(workspace, names, signal)).edits,
      signal,
    }).finally(rendered);
    const plan = await asTold(planned, invocation);
    if (!quiet) await writeOut(stderr, planText(plan));
    const consent = { yes, environments };
    // Whether it reaches the environment is decided in the review.
    const environment = { name: environments.join(', '), protected: false };
    await confirm({ text: question(plan), environment }, consent, terminal);
    const token = tokenFor(workspace.host, plan.forge);
    const pushed = progress('Pushing …', invocation, terminal);
    const made = await put(workspace, plan, { token, signal }).finally(pushed);
    if (!quiet) await writeOut(stderr, proposedHint(made, plan.forge));
    const text = made.kind === 'branch' ? made.branch : made.url;
    await deliver(format === 'json' ? proposedJson(plan, made) : `${text}\n`, invocation, terminal);
    return exitCodes.clean;
  });
}

function assertPossible({ offline, revision }: ProposeArguments): void {
  if (offline)
    throw new UserError('Proposing needs git to push, so it does not go with --offline.');
  if (revision !== undefined)
    throw new UserError(
      'What is proposed are the changed files of the working tree, so --revision does not fit; name the branch to change with --base.',
    );
}

/** The plan with what the person decided otherwise. */
async function asTold(
  plan: ProposalPlan,
  { title = plan.title, branch = plan.branch, bodyFile }: ProposeArguments,
): Promise<ProposalPlan> {
  return { ...plan, title, branch, body: bodyFile ? await textOf(bodyFile) : plan.body };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(`Cannot read ${file}: ${messageOf(error)}.`);
  }
}

function planText({ files, title, body }: ProposalPlan): string {
  const lines = files.map(({ change, path }) => `  ${change.padEnd(9)}  ${printable(path)}`);
  return `${[printable(title), '', ...lines, '', readableMarkdown(body), ''].join('\n')}\n`;
}

function question({ branch, base, forge }: ProposalPlan): string {
  const where = forge.host === '' ? '' : ` on ${forge.host}`;
  return `Push ${branch}${where} and propose it for ${base}?`;
}

function proposedJson({ files, title, body, base }: ProposalPlan, made: Proposed): string {
  const report = { version: 1, command: 'propose', files, title, body, base, ...made };
  return `${JSON.stringify(report, null, 2)}\n`;
}
