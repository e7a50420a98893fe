import { effectSince } from '../../core/actions/effect/since.ts';
import { renderEnvironments, renderPath } from '../../core/actions/render.ts';
import { UserError } from '../../core/lib/errors.ts';
import type { Invocation } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { inRepository } from '../paths.ts';
import { effectJson } from '../report/effect-json.ts';
import { effectReportText } from '../report/effect-text.ts';
import { renderJson } from '../report/render-json.ts';
import { deliver, progress, type Terminal, textOptions, withWorkspace } from '../terminal.ts';

type RenderArguments = Extract<Invocation, { command: 'render' }>;

/**
 * `driftline render`: what stands in the answer goes to standard output as it is; what could not be
 * rendered is said on standard error and makes the exit code 2.
 */
export async function render(invocation: RenderArguments, terminal: Terminal): Promise<number> {
  const { diff } = invocation;
  if (diff !== undefined) return renderDiff({ ...invocation, diff }, terminal);
  return withWorkspace(invocation, terminal, async workspace => {
    const { path, chart } = invocation;
    const from = (typed: string) => inRepository(workspace.repository.root, typed);
    const report =
      path === undefined
        ? await renderEnvironments(workspace, await workspace.choose(invocation.environments))
        : await renderPath(workspace, from(path), { ...chart, values: chart.values.map(from) });
    if (report.text !== '' || report.failures.length === 0)
      await deliver(
        workspace.hidden(invocation.format === 'json' ? renderJson(report) : report.text),
        invocation,
        terminal,
      );
    for (const failure of report.failures) terminal.stderr.write(`driftline: ${failure}\n`);
    return report.failures.length > 0 ? exitCodes.failed : exitCodes.clean;
  });
}

/** `driftline render --diff`: what the environments run otherwise than at a revision; that is no failure. */
async function renderDiff(
  invocation: RenderArguments & { diff: string },
  terminal: Terminal,
): Promise<number> {
  const { diff, environments, format, path } = invocation;
  if (invocation.decrypt)
    throw new UserError('--diff and --decrypt cannot be used together: values would look changed.');
  if (path !== undefined)
    throw new UserError('--diff compares environments; choose them with -e instead of a path.');
  return withWorkspace(invocation, terminal, async workspace => {
    await workspace.choose(environments);
    const done = progress('Rendering …', invocation, terminal);
    const options = { environments, signal: terminal.signal };
    const report = await effectSince(workspace, diff, options).finally(done);
    const text =
      format === 'json'
        ? effectJson(report)
        : effectReportText(report, textOptions(invocation, terminal));
    await deliver(text, invocation, terminal);
    return exitCodes.clean;
  });
}
