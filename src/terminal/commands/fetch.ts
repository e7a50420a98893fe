import { fetchCharts, planFetch } from '../../core/actions/fetch.ts';
import type { Invocation } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { fetchJson, fetchPlanText, fetchText } from '../report/fetch.ts';
import { deliver, progress, type Terminal, textOptions, withWorkspace } from '../terminal.ts';

/** `driftline fetch`: 2 when a chart could not be got. */
export async function fetch(
  invocation: Extract<Invocation, { command: 'fetch' }>,
  terminal: Terminal,
): Promise<number> {
  return withWorkspace(invocation, terminal, async workspace => {
    const { refresh, dryRun, format } = invocation;
    const environments = await workspace.choose(invocation.environments);
    const all = invocation.environments.length === 0;
    const plan = await planFetch(workspace, environments, { refresh, all });
    const options = textOptions(invocation, terminal);
    if (dryRun) {
      const text = format === 'json' ? fetchJson(plan) : fetchPlanText(plan, options);
      await deliver(text, invocation, terminal);
      return exitCodes.clean;
    }
    const { signal } = terminal;
    let done = () => {};
    const onProgress = (sentence: string) => {
      done();
      done = progress(sentence, invocation, terminal);
    };
    const outcomes = await fetchCharts(workspace, plan, { signal, onProgress }).finally(() =>
      done(),
    );
    const text = format === 'json' ? fetchJson(plan, outcomes) : fetchText(outcomes, options);
    await deliver(text, invocation, terminal);
    const failed = outcomes.some(({ kind }) => kind === 'failed');
    return failed ? exitCodes.failed : exitCodes.clean;
  });
}
