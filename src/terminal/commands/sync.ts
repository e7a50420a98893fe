import type { SyncOutcome, SyncPlan } from '../../core/actions/plans.ts';
import { planSync, runSync } from '../../core/actions/sync.ts';
import { UserError } from '../../core/lib/errors.ts';
import type { Environment } from '../../core/model/environment.ts';
import { quantity } from '../../core/words/states.ts';
import { printable } from '../../core/words/values.ts';
import type { Workspace } from '../../core/workspace.ts';
import type { EngineInvocation } from '../arguments.ts';
import { confirm } from '../confirm.ts';
import { exitCodes } from '../exit-codes.ts';
import { writeOut } from '../output.ts';
import { shortenMiddle } from '../report/columns.ts';
import { elapsed } from '../report/states.ts';
import { syncJson } from '../report/sync-json.ts';
import { syncOutcomeText, syncPlanText } from '../report/sync-text.ts';
import { deliver, progress, type Terminal, textOptions, withWorkspace } from '../terminal.ts';

type Arguments = EngineInvocation<'sync' | 'suspend' | 'resume'>;

/**
 * `driftline sync`, `suspend` and `resume`: 1 when an engine reports that it failed, 2 when something could not
 * be begun.
 */
export async function sync(invocation: Arguments, terminal: Terminal): Promise<number> {
  return withWorkspace(invocation, terminal, async workspace => {
    const environment = oneOf(await workspace.choose(invocation.environments));
    const { signal } = terminal;
    const { application, command: verb } = invocation;
    const request = { environment: environment.name, application, verb, signal };
    const done = progress('Comparing …', invocation, terminal);
    const plan = await planSync(workspace, request).finally(done);
    const refused = plan.applications.filter(each => each.refused !== undefined);
    const [first] = refused;
    if (first && refused.length === plan.applications.length)
      throw new UserError(`${first.name}: ${first.refused}`);
    if (invocation.dryRun || isDone(plan)) {
      await deliver(reportOf(plan, undefined, invocation, terminal), invocation, terminal);
      return exitCodes.clean;
    }
    await ask(plan, environment, invocation, terminal);
    const outcome = await carryOut(workspace, plan, invocation, terminal);
    await deliver(reportOf(plan, outcome, invocation, terminal), invocation, terminal);
    return terminal.signal.aborted ? exitCodes.interrupted : exitCode(outcome.result);
  });
}

/** True where everything is applied from here and nothing differs: then there is nothing to ask for or to do. */
function isDone({ applications, changes }: SyncPlan): boolean {
  const isApplied = applications.every(({ engine, refused }) => engine === 'apply' && !refused);
  return isApplied && changes.length === 0;
}

function oneOf(environments: readonly Environment[]): Environment {
  const [environment] = environments;
  const names = environments.map(({ name }) => name).join(', ') || 'none';
  if (environment === undefined || environments.length > 1)
    throw new UserError(`Say which environment with -e, one at a time; there are: ${names}.`);
  return environment;
}

/** Shows what would be done before it asks, unless `--yes` agreed to it. */
async function ask(
  plan: SyncPlan,
  environment: Environment,
  invocation: Arguments,
  terminal: Terminal,
): Promise<void> {
  const applications = plan.applications.filter(({ refused }) => refused === undefined);
  if (!invocation.yes) {
    const options = { ...textOptions(invocation, terminal), width: terminal.stderr.columns || 80 };
    await writeOut(terminal.stderr, `${syncPlanText(plan, options)}\n`);
  }
  const { context = plan.cluster.server, uid } = plan.cluster;
  const what = quantity(applications.length, 'application');
  const verb = invocation.command.replace(/^./, letter => letter.toUpperCase());
  const text = `${verb} ${what} of ${environment.name} in the cluster ${context} (${uid})?`;
  await confirm({ text, environment }, invocation, terminal);
}

interface CarriedOut {
  result: SyncOutcome;
  elapsedMs: number;
}

async function carryOut(
  workspace: Workspace,
  plan: SyncPlan,
  invocation: Arguments,
  terminal: Terminal,
): Promise<CarriedOut> {
  const started = performance.now();
  let done = progress('Comparing …', invocation, terminal);
  const result = await runSync(workspace, {
    environment: plan.environment,
    application: invocation.application,
    verb: invocation.command,
    uid: plan.cluster.uid,
    // Confirmed by its name a moment ago, or named beside --yes.
    confirmation: plan.environment,
    signal: terminal.signal,
    progress: message => {
      done();
      const room = (terminal.stderr.columns || 80) - 1;
      done = progress(shortenMiddle(printable(message), room), invocation, terminal);
    },
  }).finally(() => done());
  return { result, elapsedMs: performance.now() - started };
}

function reportOf(
  plan: SyncPlan,
  outcome: CarriedOut | undefined,
  invocation: Arguments,
  terminal: Terminal,
): string {
  if (invocation.format === 'json') return syncJson(plan, outcome?.result);
  const options = textOptions(invocation, terminal);
  const planned = outcome && !invocation.yes ? '' : syncPlanText(plan, options);
  if (outcome === undefined) return planned;
  const said = syncOutcomeText(outcome.result, elapsed(outcome.elapsedMs), options);
  return planned === '' ? said : `${planned}\n${said}`;
}

function exitCode({ applications }: SyncOutcome): number {
  if (applications.some(({ kind }) => kind === 'failed')) return exitCodes.found;
  return applications.some(({ kind }) => kind === 'skipped') ? exitCodes.failed : exitCodes.clean;
}
