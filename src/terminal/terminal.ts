import type { Host } from '../core/model/host.ts';
import { Workspace, type WorkspaceOptions } from '../core/workspace.ts';
import type { CommonArguments } from './arguments.ts';
import { writeOut, writeWhole } from './output.ts';
import type { TextOptions } from './report/text-options.ts';

/** What a command writes to and asks of: made once per run. */
export interface Terminal {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** How text is laid out for where it goes: colour only on a terminal, `NO_COLOR` honoured. */
export function textOptions(common: CommonArguments, { stdout, env }: Terminal): TextOptions {
  const toTerminal = stdout.isTTY === true && common.output === undefined;
  return {
    width: toTerminal ? stdout.columns || 80 : 80,
    colour: toTerminal && !common.noColor && !env.NO_COLOR && env.TERM !== 'dumb',
    verbose: common.verbose,
    now: new Date(),
  };
}

/** Writes a command's result to `--output`, whole or not at all, or to standard output. */
export async function deliver(
  text: string,
  common: CommonArguments,
  { stdout }: Terminal,
): Promise<void> {
  if (common.output === undefined) await writeOut(stdout, text);
  else await writeWhole(common.output, text);
}

/** Says one line on standard error, where it is a terminal, and takes it back when the work is done. */
export function progress(text: string, common: CommonArguments, { stderr }: Terminal): () => void {
  if (stderr.isTTY !== true || common.quiet) return () => {};
  stderr.write(text);
  return () => stderr.write('\r\u001b[K');
}

/**
 * Opens the repository that the arguments name, does the work and closes it, whatever happens. `early`: see
 * `WorkspaceOptions`.
 */
export async function withWorkspace<T>(
  common: CommonArguments,
  terminal: Terminal,
  work: (workspace: Workspace) => Promise<T>,
  early: Pick<WorkspaceOptions, 'compares' | 'judges'> = {},
): Promise<T> {
  const workspace = await Workspace.open({
    directory: common.repo ?? process.cwd(),
    revision: common.revision,
    offline: common.offline,
    decrypt: common.decrypt,
    ...early,
    host: hostOf(common, terminal),
    signal: terminal.signal,
  });
  for (const sentence of workspace.leftEncrypted) terminal.stderr.write(`driftline: ${sentence}\n`);
  try {
    return await work(workspace);
  } finally {
    await workspace.close();
  }
}

/** The command line's host: `--trust` is the word of trust, the environment holds the secrets. */
function hostOf(common: CommonArguments, { stderr, env }: Terminal): Host {
  return {
    log: message => {
      if (common.verbose) stderr.write(`${message}\n`);
    },
    trusted: () => common.trust,
    secret: name => env[name],
    forges: () => common.forges,
    auditLog: context => common.auditLogs.get(context),
    schemas: () => common.schemas,
  };
}
