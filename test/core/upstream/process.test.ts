import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { UpstreamError } from '../../../src/core/upstream/error.ts';
import { ResidentProgram } from '../../../src/core/upstream/process.ts';

// A small real program that speaks the protocol and misbehaves when asked to.
const source = `
let pending = Buffer.alloc(0);
let count = 0;
process.stdin.on('data', chunk => {
  pending = Buffer.concat([pending, chunk]);
  while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32LE()) {
    const end = 4 + pending.readUInt32LE();
    handle(JSON.parse(pending.subarray(4, end)));
    pending = pending.subarray(end);
  }
});
function answer(value) {
  const body = Buffer.from(JSON.stringify(value));
  const header = Buffer.alloc(4);
  header.writeUInt32LE(body.length);
  process.stdout.write(header);
  process.stdout.write(body);
}
function handle({ id, op, ...body }) {
  count++;
  if (op === 'echo') answer({ id, ok: true, body, count });
  if (op === 'environment') answer({ id, ok: true, names: Object.keys(process.env) });
  if (op === 'large') answer({ id, ok: true, text: 'x'.repeat(body.size) });
  if (op === 'refuse') answer({ id, ok: false, error: 'no such thing', code: 'usage' });
  if (op === 'die') process.exit(3);
  if (op === 'garbage') { process.stdout.write(Buffer.from([2, 0, 0, 0, 0x7b, 0x7b])); }
  if (op === 'grumble') { console.error('something\\nelse'); setTimeout(() => answer({ id, ok: true }), 50); }
  // 'hang' answers nothing
}
`;

const file = join(mkdtempSync(join(tmpdir(), 'driftline-')), 'program.mjs');
writeFileSync(file, source);
const command = { program: process.execPath, args: [file] };
const opened: ResidentProgram[] = [];

function program(options: ConstructorParameters<typeof ResidentProgram>[1] = {}): ResidentProgram {
  const made = new ResidentProgram(command, options);
  opened.push(made);
  return made;
}

async function reasonOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UpstreamError);
  return (error as UpstreamError).reason;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map(made => made.close()));
});

describe('a resident program', () => {
  it('answers requests in order, by one process', async () => {
    const echo = program();
    const answers = await Promise.all(
      [1, 2, 3].map(n => echo.request<{ body: object; count: number }>('echo', { n })),
    );
    expect(answers).toEqual([1, 2, 3].map(n => ({ body: { n }, count: n })));
  });

  it('carries frames of many megabytes both ways', async () => {
    const made = program();
    const text = 'ä'.repeat(5_000_000);
    const there = await made.request<{ body: { text: string } }>('echo', { text });
    expect(there.body.text === text).toBe(true);
    const back = await made.request<{ text: string }>('large', { size: 100_000_000 });
    expect(back.text.length).toBe(100_000_000);
  });

  it('passes an error on, with its code', async () => {
    const error = await program()
      .request('refuse', {})
      .catch((thrown: unknown) => thrown);
    expect(UpstreamError.is(error, 'failed')).toBe(true);
    expect(error).toMatchObject({ message: 'no such thing', code: 'usage' });
  });

  it('fails only the request a dying program worked on, and starts it again', async () => {
    const made = program();
    const dying = made.request('die', {});
    const waiting = made.request<{ count: number }>('echo', {});
    expect(await reasonOf(dying)).toBe('died');
    expect((await waiting).count).toBe(1);
  });

  it('ends a stuck program and starts it again', async () => {
    const log: string[] = [];
    const made = program({ timeoutMs: 300, log: message => log.push(message) });
    expect(await reasonOf(made.request('hang', {}))).toBe('stuck');
    expect(log.join()).toContain('hang');
    const patient = program();
    expect(await patient.request('echo', {})).toMatchObject({ count: 1 });
  });

  it('ends a program that answers what is no JSON', async () => {
    const made = program();
    expect(await reasonOf(made.request('garbage', {}))).toBe('died');
    expect(await made.request('echo', {})).toMatchObject({ count: 1 });
  });

  it('says that a program is missing', async () => {
    const made = new ResidentProgram({ program: join(tmpdir(), 'no-such-program') });
    const both = [made.request('echo', {}), made.request('echo', {})];
    expect(await Promise.all(both.map(reasonOf))).toEqual(['missing', 'missing']);
  });

  it('answers a cancelled request at once and goes on with the next', async () => {
    const made = program();
    const stop = new AbortController();
    const running = made.request('hang', {}, stop.signal);
    const waiting = made.request('echo', {}, stop.signal);
    const other = made.request<{ count: number }>('echo', {});
    stop.abort();
    expect(await reasonOf(running)).toBe('aborted');
    expect(await reasonOf(waiting)).toBe('aborted');
    expect((await other).count).toBe(1);
    expect(await reasonOf(made.request('echo', {}, stop.signal))).toBe('aborted');
  });

  it('refuses what is too much to queue', async () => {
    const made = program({ maxQueue: 1 });
    const running = made.request('echo', {});
    const waiting = made.request('echo', {});
    expect(await reasonOf(made.request('echo', {}))).toBe('busy');
    await Promise.all([running, waiting]);
  });

  it('passes no secrets on', async () => {
    process.env.DRIFTLINE_TEST_TOKEN = 'secret';
    const { names } = await program().request<{ names: string[] }>('environment', {});
    delete process.env.DRIFTLINE_TEST_TOKEN;
    expect(names).not.toContain('DRIFTLINE_TEST_TOKEN');
    expect(names).not.toContain('HOME');
  });

  it('logs standard error line by line', async () => {
    const log: string[] = [];
    await program({ log: message => log.push(message) }).request('grumble', {});
    expect(log.map(line => line.replace(/^\S+ /, ''))).toEqual(['something', 'else']);
  });

  it('aborts what is open when it is closed, and stays closed', async () => {
    const made = program();
    const running = made.request('hang', {});
    const reason = reasonOf(running);
    await made.close();
    expect(await reason).toBe('aborted');
    expect(await reasonOf(made.request('echo', {}))).toBe('aborted');
  });

  it('does not keep Node alive while idle', () => {
    const module = resolve(import.meta.dirname, '../../../src/core/upstream/process.ts');
    const script = `
      import { ResidentProgram } from ${JSON.stringify(module)};
      const made = new ResidentProgram(${JSON.stringify(command)});
      const { count } = await made.request('echo', {});
      console.log(count);`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(run).toMatchObject({ status: 0, signal: null, stdout: '1\n' });
  });
});
