import { spawn } from 'node:child_process';

export interface Run {
  /** undefined when the program could not be started or was ended by a signal. */
  status: number | undefined;
  /** Standard output. */
  output: string;
  /** Standard error, or why the program could not be started. */
  error: string;
}

/** Runs a program to its end and keeps what it says; never throws. */
export function run(
  program: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Run> {
  return new Promise(resolve => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let error = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      error += text;
    });
    child.on('error', cause => resolve({ status: undefined, output, error: cause.message }));
    child.on('close', code => resolve({ status: code ?? undefined, output, error }));
  });
}
