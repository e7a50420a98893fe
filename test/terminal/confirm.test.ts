import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type Consent, confirm } from '../../src/terminal/confirm.ts';
import type { Terminal } from '../../src/terminal/terminal.ts';

const asked: Consent = { yes: false, environments: [] };
const production = { name: 'production', protected: true };
const staging = { name: 'staging', protected: false };

/** Asks with this answer typed; what stood on standard error. */
async function ask(
  environment: { name: string; protected: boolean },
  consent: Consent,
  typed: string | undefined,
  isTTY = true,
): Promise<string> {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const terminal = { stdin, stderr, signal: new AbortController().signal };
  stdin.end(typed);
  const question = { text: 'Roll back shop?', environment };
  await confirm(question, consent, terminal as unknown as Terminal);
  return String(stderr.read() ?? '');
}

describe('asking a person', () => {
  it('takes y and yes for an environment that is not protected', async () => {
    expect(await ask(staging, asked, 'y\n')).toBe('Roll back shop? (y/N) ');
    await ask(staging, asked, ' YES \n');
    await expect(ask(staging, asked, 'n\n')).rejects.toThrow('Not confirmed. Nothing was changed.');
    await expect(ask(staging, asked, '\n')).rejects.toThrow('Not confirmed.');
    await expect(ask(staging, asked, undefined)).rejects.toThrow('Not confirmed.');
  });

  it('wants the name of a protected one typed', async () => {
    expect(await ask(production, asked, 'production\n')).toContain('Type its name');
    await expect(ask(production, asked, 'y\n')).rejects.toThrow('Not confirmed.');
    await expect(ask(production, asked, 'staging\n')).rejects.toThrow('Not confirmed.');
  });

  it('does not ask after --yes, but wants a protected environment named', async () => {
    expect(await ask(staging, { yes: true, environments: [] }, undefined, false)).toBe('');
    await expect(ask(production, { yes: true, environments: [] }, 'production\n')).rejects.toThrow(
      'production is protected: with --yes, name it too: -e production.',
    );
    expect(await ask(production, { yes: true, environments: ['production'] }, undefined)).toBe('');
  });

  it('never goes ahead where nobody can be asked', async () => {
    await expect(ask(staging, asked, 'y\n', false)).rejects.toThrow('say --yes to go ahead.');
    await expect(ask(production, asked, 'production\n', false)).rejects.toThrow(
      'say --yes to go ahead with -e production.',
    );
  });
});
