import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { UserError } from '../core/lib/errors.ts';
import { printable } from '../core/words/values.ts';
import { writeOut } from './output.ts';
import type { Terminal } from './terminal.ts';

export interface Question {
  /** What is about to happen, as a question: `Roll back shop in production to 9f8e7d6?` */
  text: string;
  /** The environment that it happens to; a protected one is confirmed by typing its name. */
  environment: { name: string; protected: boolean };
}

/** How the command line was told to answer for the person. */
export interface Consent {
  /** `--yes` */
  yes: boolean;
  /** Those named with `-e`. */
  environments: readonly string[];
}

/**
 * Resolves when a person agrees: asked on standard error, answered on standard input. `--yes` agrees in advance,
 * for a protected environment only where that is named with `-e`. Throws a UserError when the answer is another
 * one, or when there is no terminal to ask on.
 */
export async function confirm(question: Question, consent: Consent, terminal: Terminal) {
  const { name, protected: isProtected } = question.environment;
  if (consent.yes) {
    if (!isProtected || consent.environments.includes(name)) return;
    throw new UserError(`${name} is protected: with --yes, name it too: -e ${name}. ${unchanged}`);
  }
  if (terminal.stdin.isTTY !== true || terminal.stderr.isTTY !== true)
    throw new UserError(
      `There is no terminal to ask on; say --yes to go ahead${isProtected ? ` with -e ${name}` : ''}. ${unchanged}`,
    );
  const how = isProtected ? `${name} is protected. Type its name to go ahead` : 'y/N';
  await writeOut(terminal.stderr, `${printable(question.text)} ${printable(`(${how})`)} `);
  const answer = (await readLine(terminal)).trim();
  const agreed = isProtected ? answer === name : /^y(es)?$/i.test(answer);
  if (!agreed) throw new UserError(`Not confirmed. ${unchanged}`);
}

const unchanged = 'Nothing was changed.';

/** One line of standard input; empty at its end. The terminal itself echoes and edits it, so Ctrl-C stays a signal. */
async function readLine({ stdin, signal }: Terminal): Promise<string> {
  const lines = createInterface({ input: stdin, terminal: false });
  try {
    return await Promise.race([
      once(lines, 'line', { signal }).then(([line]) => String(line)),
      once(lines, 'close', { signal }).then(() => ''),
    ]);
  } finally {
    lines.close();
  }
}
