import { messageOf, UserError } from '../core/lib/errors.ts';
import { type Invocation, parseArguments } from './arguments.ts';
import { runners } from './commands/index.ts';
import { exitCodes } from './exit-codes.ts';
import { helpText } from './help.ts';
import { writeOut } from './output.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

/**
 * Runs one command line (without `node` and the script) and returns the exit code. What a person can act
 * on is one sentence on standard error; anything else is a defect of ours and says so.
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await run(parseArguments(args), terminal);
  } catch (error) {
    if (terminal.signal.aborted) return exitCodes.interrupted;
    await writeOut(terminal.stderr, `driftline: ${explain(error, args)}\n`);
    return exitCodes.failed;
  }
}

async function run(invocation: Invocation, terminal: Terminal): Promise<number> {
  const { stdout, env } = terminal;
  if (invocation.command === 'version') {
    await writeOut(stdout, `driftline ${version}\n`);
    return exitCodes.clean;
  }
  if (invocation.command === 'help') {
    const colour = stdout.isTTY === true && !invocation.noColor && !env.NO_COLOR;
    await writeOut(stdout, helpText(invocation.topic, colour));
    return exitCodes.clean;
  }
  const work = runners[invocation.command] as (
    invocation: Invocation,
    terminal: Terminal,
  ) => Promise<number>;
  return work(invocation, terminal);
}

function explain(error: unknown, args: readonly string[]): string {
  if (error instanceof UserError) return error.message;
  const detail = args.includes('--verbose') && error instanceof Error ? `\n${error.stack}` : '';
  return `${messageOf(error)} (this is a defect of Driftline; please report it with the output of --verbose)${detail}`;
}
