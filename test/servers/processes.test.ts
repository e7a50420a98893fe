import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { startTogether, until } from './processes.ts';

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** A program that says its process id and then waits. */
const sleeper = ['-e', 'console.log(process.pid); setInterval(() => {}, 1000)'];

it('a guarded program does not outlive the process that started it, however that ends', async () => {
  const module = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'processes.ts')).href);
  const starter = `
    import { readFileSync } from 'node:fs';
    const { startTogether } = await import(${module});
    await startTogether('sleeper', async group => {
      group.launchGuarded('sleeper', process.execPath, ${JSON.stringify(sleeper)});
      const log = () => readFileSync(group.at('sleeper.log'), 'utf8');
      await group.until('sleeper', async () => log() !== '');
      console.log(group.folder, log());
    });
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', starter], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  const [folder, pid] = String(line).split(' ') as [string, string];
  try {
    expect(isAlive(Number(pid))).toBe(true);
    child.kill('SIGKILL');
    await until('the program to end', 10_000, async () => !isAlive(Number(pid)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('what does not become ready is ended, and its log is told', async () => {
  let folder = '';
  const failed = startTogether('sample', async group => {
    folder = group.folder;
    group.launchGuarded('sample', process.execPath, [
      '-e',
      'console.log("no port"); process.exit(3)',
    ]);
    await group.until('sample', async () => false);
  });
  await expect(failed).rejects.toThrow('no port');
  expect(existsSync(folder)).toBe(false);
});
