import { type ExecFileException, execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { UserError } from '../lib/errors.ts';
import type { SopsFormat } from './formats.ts';

/** A key may lie in a cloud, or want a person's touch. */
const patience = 60_000;
const largest = 16 * 1024 * 1024;
/** The first that reads its standard input. */
const oldest = { major: 3, minor: 10 };

/** Throws a `UserError` where there is no `sops` on the PATH, or one that is too old. */
export async function requireSops(signal?: AbortSignal): Promise<void> {
  const said = await run(['--version', '--disable-version-check'], '', signal);
  const [, major, minor] = /\bsops (\d+)\.(\d+)/.exec(said) ?? [];
  if (major === undefined || minor === undefined)
    throw new UserError('The program `sops` on the PATH is not SOPS: it does not say its version.');
  const isOld =
    Number(major) < oldest.major ||
    (Number(major) === oldest.major && Number(minor) < oldest.minor);
  if (isOld)
    throw new UserError(
      `The program \`sops\` on the PATH is ${major}.${minor}; ${oldest.major}.${oldest.minor} or newer is needed.`,
    );
}

/**
 * The plain text of a file that SOPS encrypted, by the person's own `sops`: it gets the text on its standard input
 * and answers on its standard output, so that nothing is written anywhere. Only for trusted folders, and only where
 * a person asked for it. Throws a `UserError` that holds nothing of the plain text.
 */
export async function decrypt(
  file: string,
  text: string,
  format: SopsFormat,
  signal?: AbortSignal,
): Promise<string> {
  const types = ['--input-type', format === 'binary' ? 'json' : format, '--output-type', format];
  try {
    return await run(['decrypt', ...types], text, signal);
  } catch (error) {
    if (error instanceof SopsError)
      throw new UserError(`\`sops\` cannot decrypt ${file}: ${error.message}.`);
    throw error;
  }
}

class SopsError extends UserError {}

function run(args: string[], input: string, signal?: AbortSignal): Promise<string> {
  const options = {
    // A folder without a `.sops.yaml`: the repository's decides nothing here.
    cwd: tmpdir(),
    env: { ...process.env, SOPS_DISABLE_VERSION_CHECK: '1' },
    signal,
    timeout: patience,
    maxBuffer: largest,
    windowsHide: true,
  };
  return new Promise((resolve, reject) => {
    const child = execFile('sops', args, options, (error, stdout, stderr) => {
      if (signal?.aborted) reject(signal.reason);
      else if (error) reject(failure(error, stderr));
      else resolve(stdout);
    });
    child.stdin?.on('error', () => {}); // why it ended is said above
    child.stdin?.end(input);
  });
}

function failure(error: ExecFileException, stderr: string): Error {
  if (error.code === 'ENOENT')
    return new UserError(
      'Decrypting needs the program `sops`, which was not found on the PATH: install it, or leave --decrypt out.',
    );
  if (error.killed) return new SopsError(`it did not answer within ${patience / 1000} s`);
  const lines = stderr.split('\n').map(line => line.trim());
  const said = lines.find(line => line !== '' && !line.startsWith('[')) ?? '';
  return new SopsError(said.replace(/\.$/, '') || `it ended with ${String(error.code)}`);
}
