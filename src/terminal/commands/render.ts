import { renderEnvironments, renderPath } from '../../core/actions/render.ts';
import type { Invocation } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { inRepository } from '../paths.ts';
import { renderJson } from '../report/render-json.ts';
import { deliver, type Terminal, withWorkspace } from '../terminal.ts';

/**
 * `driftline render`: what stands in the answer goes to standard output as it is; what could not be
 * rendered is said on standard error and makes the exit code 2.
 */
export async function render(
  invocation: Extract<Invocation, { command: 'render' }>,
  terminal: Terminal,
): Promise<number> {
  return withWorkspace(invocation, terminal, async workspace => {
    const { path, chart } = invocation;
    const from = (typed: string) => inRepository(workspace.repository.root, typed);
    const report =
      path === undefined
        ? await renderEnvironments(workspace, await workspace.choose(invocation.environments))
        : await renderPath(workspace, from(path), { ...chart, values: chart.values.map(from) });
    if (report.text !== '' || report.failures.length === 0)
      await deliver(
        invocation.format === 'json' ? renderJson(report) : report.text,
        invocation,
        terminal,
      );
    for (const failure of report.failures) terminal.stderr.write(`driftline: ${failure}\n`);
    return report.failures.length > 0 ? exitCodes.failed : exitCodes.clean;
  });
}
