import { spawn } from 'node:child_process';
import { UserError } from '../lib/errors.ts';
import { assertFolder } from './command.ts';

export interface UserGitOptions {
  signal?: AbortSignal;
  /** Standard input of the command. */
  input?: string;
  /** `name=value`, in front of the command: they win over the user's configuration. */
  config?: readonly string[];
  /** Variables besides the user's. */
  variables?: Readonly<Record<string, string>>;
}

/**
 * git in a folder as the user has it: their configuration and the folder's, hooks, signing, filters, credential
 * helpers, their environment (SSH agent). So the folder decides what starts: only for a folder that the person
 * trusts. Nobody is asked anything: there is no terminal to ask on, and what must ask fails. Returns what git
 * printed. Throws a `GitFailure`; the signal's reason when it was aborted.
 */
export function userGit(
  folder: string,
  args: readonly string[],
  { signal, input = '', config = [], variables }: UserGitOptions = {},
): Promise<string> {
  assertFolder(folder);
  signal?.throwIfAborted();
  const settings = config.flatMap(setting => ['-c', setting]);
  // A session of its own: nothing can wait on a terminal, and hooks end with git when the signal says so.
  const child = spawn('git', [...settings, ...args], {
    cwd: folder,
    env: { ...environment(), ...variables },
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const end = () => endGroup(child.pid);
  signal?.addEventListener('abort', end, { once: true });
  const stdout = new Output(end);
  const stderr = new Output(end);
  child.stdout.on('data', (bytes: Buffer) => stdout.take(bytes));
  child.stderr.on('data', (bytes: Buffer) => stderr.take(bytes));
  // git may end before it has read everything; its exit code says why.
  child.stdin.on('error', () => {}).end(input);
  return new Promise<string>((resolve, reject) => {
    child.on('error', error => reject(notStarted(error)));
    child.on('close', code => {
      if (signal?.aborted) reject(signal.reason);
      else if (stdout.overflown || stderr.overflown)
        reject(new UserError(`git ${args[0]} printed more than ${maxOutput / 1024 / 1024} MB.`));
      else if (code === 0) resolve(stdout.text());
      else reject(new GitFailure(args[0] ?? '', code, stdout.text(), stderr.text()));
    });
  }).finally(() => signal?.removeEventListener('abort', end));
}

/** A git command that did not succeed. Its message is a sentence with what git, or the user's hook, said. */
export class GitFailure extends UserError {
  override name = 'GitFailure';
  readonly code: number | null;
  readonly stdout: string;
  /** What was said, on one line, shortened, without addresses' credentials. */
  readonly said: string;

  constructor(command: string, code: number | null, stdout: string, stderr: string) {
    const said = spoken(stderr) || spoken(stdout) || `it ended with ${code ?? 'a signal'}`;
    super(`git ${command} failed: ${said.replace(/\.$/, '')}.`);
    this.code = code;
    this.stdout = stdout;
    this.said = said;
  }
}

const maxOutput = 64 * 1024 * 1024;

class Output {
  readonly #chunks: Buffer[] = [];
  readonly #end: () => void;
  #size = 0;

  constructor(end: () => void) {
    this.#end = end;
  }

  get overflown(): boolean {
    return this.#size > maxOutput;
  }

  take(bytes: Buffer): void {
    this.#size += bytes.length;
    if (this.overflown) this.#end();
    else this.#chunks.push(bytes);
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

/** SIGTERM, upon which git takes its lock files away; its hooks get it too. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGTERM');
  } catch {
    // It has ended already.
  }
}

/** Variables that bind git to another repository, as they are set where we run inside of somebody's hook. */
const bindings =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR|NAMESPACE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|(LITERAL|GLOB|NOGLOB|ICASE)_PATHSPECS)$/;

function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !bindings.test(name));
  // Optional locks: reading must not rewrite the user's index.
  return { ...Object.fromEntries(own), GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0' };
}

function notStarted(error: Error): Error {
  if (!('code' in error) || error.code !== 'ENOENT') return error;
  return new UserError('git is not installed, or not on the PATH; install it, then try again.');
}

/** The last lines say why: hooks print their verdict at the end, git after what the hook printed. */
function spoken(text: string): string {
  const lines = text
    .replace(/(:\/\/)[^/@\s]+@/g, '$1')
    .split(/[\r\n]+/)
    .map(line => line.replace(/^(?:remote: )?(?:fatal|error): /, '').trim())
    // What the exit code says already, and advice for a shell.
    .filter(line => line !== '' && !/^(?:hint:|failed to push some refs to )/.test(line));
  const last = lines.slice(-3).join('; ');
  return last.length > 400 ? `… ${last.slice(-400)}` : last;
}
