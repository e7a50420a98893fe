import { trace as follow } from '../../core/actions/trace.ts';
import type { Invocation, TraceTarget } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { inRepository } from '../paths.ts';
import { traceJson } from '../report/json.ts';
import { traceText } from '../report/trace-text.ts';
import { deliver, type Terminal, textOptions, withWorkspace } from '../terminal.ts';

/** `driftline trace`: where rendered fields come from, or what a line reaches. */
export async function trace(
  invocation: Extract<Invocation, { command: 'trace' }>,
  terminal: Terminal,
): Promise<number> {
  return withWorkspace(invocation, terminal, async workspace => {
    const environments = await workspace.choose(invocation.environments);
    const report = await follow(
      workspace,
      environments,
      placed(workspace.repository.root, invocation.target),
      terminal.signal,
    );
    const text =
      invocation.format === 'json'
        ? traceJson(report)
        : traceText(report, textOptions(invocation, terminal));
    await deliver(text, invocation, terminal);
    return exitCodes.clean;
  });
}

function placed(root: string, target: TraceTarget | undefined): TraceTarget | undefined {
  if (target?.kind === 'path') return { ...target, path: inRepository(root, target.path) };
  if (target?.kind === 'line') return { ...target, file: inRepository(root, target.file) };
  return target;
}
