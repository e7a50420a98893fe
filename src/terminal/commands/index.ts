import type { Invocation } from '../arguments.ts';
import type { Terminal } from '../terminal.ts';
import { drift } from './drift.ts';
import { environments } from './environments.ts';
import { fetch } from './fetch.ts';
import { propose } from './propose.ts';
import { render } from './render.ts';
import { rollback } from './rollback.ts';
import { rules } from './rules.ts';
import { schemas } from './schemas.ts';
import { snapshot } from './snapshot.ts';
import { sync } from './sync.ts';
import { trace } from './trace.ts';
import { validate } from './validate.ts';

type Runner<Name extends Invocation['command']> = (
  invocation: Extract<Invocation, { command: Name }>,
  terminal: Terminal,
) => Promise<number>;

type Work = Exclude<Invocation['command'], 'help' | 'version'>;

/** All commands that work on a repository; each returns its exit code. */
export const runners: { [Name in Work]: Runner<Name> } = {
  environments,
  render,
  trace,
  validate,
  rules,
  schemas,
  drift,
  snapshot,
  fetch,
  propose,
  sync,
  suspend: sync,
  resume: sync,
  rollback,
};
