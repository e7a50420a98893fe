import type { Invocation } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { environmentsJson } from '../report/environments-json.ts';
import { environmentsText } from '../report/environments-text.ts';
import { deliver, type Terminal, textOptions, withWorkspace } from '../terminal.ts';

/** `driftline environments`: 1 when driftline.yaml has errors, else 0. */
export async function environments(
  invocation: Extract<Invocation, { command: 'environments' }>,
  terminal: Terminal,
): Promise<number> {
  return withWorkspace(invocation, terminal, async workspace => {
    const { unresolved, problems } = await workspace.discovery();
    const broken = problems.map(({ message, file, line, column }) => ({
      reason: message,
      place: { file, line, column },
    }));
    const report = {
      environments: await workspace.choose(invocation.environments),
      unresolved: [...broken, ...unresolved],
    };
    const text =
      invocation.format === 'json'
        ? environmentsJson(report)
        : environmentsText(report, textOptions(invocation, terminal));
    await deliver(text, invocation, terminal);
    return problems.some(({ severity }) => severity === 'error')
      ? exitCodes.found
      : exitCodes.clean;
  });
}
