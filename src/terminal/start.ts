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

const { stdout, stderr, env, argv } = process;
const terminal = {
  // Opened when somebody is asked something.
  get stdin() {
    return process.stdin;
  },
  stdout,
  stderr,
  env,
  signal: interrupted.signal,
};
main(argv.slice(2), terminal).then(code => {
  process.exitCode = code;
  // What is still open (idle connections, programs that end by themselves) need not be waited for.
  if (stdout.writableLength === 0 && stderr.writableLength === 0) process.exit();
});
