import { exitCodes } from './exit-codes.ts';
import { main } from './main.ts';

/** Runs one command. Ctrl-C ends the work in order; a second one ends the process. */
const interrupted = new AbortController();
process.once('SIGINT', () => {
  interrupted.abort();
  process.once('SIGINT', () => process.exit(exitCodes.interrupted));
});
// A reader that has seen enough (`driftline drift | head`) is no failure.
process.stdout.on('error', error => {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(exitCodes.clean);
  throw error;
});

const { stdin, stdout, stderr, env, argv } = process;
const terminal = { stdin, stdout, stderr, env, signal: interrupted.signal };
main(argv.slice(2), terminal).then(code => {
  process.exitCode = code;
});
