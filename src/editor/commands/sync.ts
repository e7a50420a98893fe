import * as vscode from 'vscode';
import type { SyncOutcome, SyncPlan } from '../../core/actions/plans.ts';
import type { EngineVerb } from '../../core/engines/engine.ts';
import { UserError } from '../../core/lib/errors.ts';
import { requests } from '../../lsp/protocol.ts';
import { confirmModal, input } from '../dialogs.ts';
import type { Editor } from '../editor.ts';
import type { Target } from '../environments/node.ts';
import { applicationFor, targetFrom } from '../target.ts';
import type { Command } from './command.ts';
import { askWithNotice } from './progress.ts';
import { planMarkdown, planSummary } from './sync-preview.ts';

/** Lets the engine apply what the repository says, after a preview from the server's own dry-run. */
export const sync: Command = {
  id: 'driftline.sync',
  acts: true,
  run: (editor, argument) => act(editor, argument, 'sync'),
};

/** Tells the engine to leave an application alone. */
export const suspend: Command = {
  id: 'driftline.suspend',
  acts: true,
  run: (editor, argument) => act(editor, argument, 'suspend'),
};

/** Tells the engine to look after an application again. */
export const resume: Command = {
  id: 'driftline.resume',
  acts: true,
  run: (editor, argument) => act(editor, argument, 'resume'),
};

type Verb = Extract<EngineVerb, 'sync' | 'suspend' | 'resume'>;

async function act(editor: Editor, argument: unknown, verb: Verb): Promise<void> {
  const words = wordsOf(verb);
  const { environment, application } = await scopeOf(editor, argument, words.title);
  const of = { environment, ...(application !== undefined && { application }), verb };
  const plan = await askWithNotice(editor, words.planning, requests.syncPlan, of);
  checkRefusals(plan);
  const name = application === undefined ? environment : `${environment}/${application}`;
  const confirmation = await agreed(editor, plan, words, name);
  const id = crypto.randomUUID();
  const params = { ...of, uid: plan.cluster.uid, id, ...(confirmation && { confirmation }) };
  const running = `${words.running} ${name}`;
  reportFailures(await askWithNotice(editor, running, requests.sync, params, { id }));
}

/** An environment as a whole where it was called on one; else an application. */
async function scopeOf(
  editor: Editor,
  argument: unknown,
  title: string,
): Promise<Required<Pick<Target, 'environment'>> & Target> {
  const target = await targetFrom(editor, argument, title);
  const { environment } = target;
  if (argument !== undefined && environment !== undefined) return { ...target, environment };
  return applicationFor(editor, target, title);
}

/** A verb that every application refuses has nothing to preview. */
function checkRefusals({ applications }: SyncPlan): void {
  const reasons = applications.flatMap(({ refused }) => (refused === undefined ? [] : [refused]));
  if (reasons.length > 0 && reasons.length === applications.length) {
    throw new UserError([...new Set(reasons)].join(' '));
  }
}

/** Shows the plan and waits for a person's word: the name of a protected environment, typed; else a button. */
async function agreed(
  editor: Editor,
  plan: SyncPlan,
  words: Words,
  name: string,
): Promise<string | undefined> {
  await editor.previews.show(
    `${words.title} ${name}`,
    planMarkdown(plan, `${words.title} ${name}`),
  );
  const summary = planSummary(plan);
  if (!plan.protected) {
    const { context, server, uid } = plan.cluster;
    const detail = [summary, [context, server, uid].filter(Boolean).join('\n')].join('\n\n');
    await confirmModal(`${words.title} ${name}?`, detail, words.title);
    return undefined;
  }
  const wrong = vscode.l10n.t('Type {0} to go ahead.', plan.environment);
  return input(
    {
      title: `${words.title} ${name}: ${summary}`,
      placeholder: plan.environment,
      prompt: vscode.l10n.t('{0} is protected. Type its name to go ahead.', plan.environment),
      value: '',
    },
    text => (text === plan.environment ? undefined : wrong),
  );
}

/** Success is quiet: tree and markers tell it. */
function reportFailures({ applications }: SyncOutcome): void {
  const failed = applications.filter(({ kind }) => kind === 'failed');
  if (failed.length === 0) return;
  throw new UserError(failed.map(({ name, message }) => `${name}: ${message}`).join(' '));
}

interface Words {
  title: string;
  planning: string;
  running: string;
}

function wordsOf(verb: Verb): Words {
  const planning = vscode.l10n.t('Asking the cluster what would change');
  const words: Record<Verb, Words> = {
    sync: { title: vscode.l10n.t('Sync'), planning, running: vscode.l10n.t('Syncing') },
    suspend: { title: vscode.l10n.t('Suspend'), planning, running: vscode.l10n.t('Suspending') },
    resume: { title: vscode.l10n.t('Resume'), planning, running: vscode.l10n.t('Resuming') },
  };
  return words[verb];
}
