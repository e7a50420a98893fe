import { execFileSync } from 'node:child_process';

/** Processes that a process started and that run. */
export function childrenOf(pid: number | undefined): number[] {
  try {
    const list = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
    return list
      .split('\n')
      .filter(line => line.trim() !== '')
      .map(Number);
  } catch {
    return []; // ps ends with 1 where there is none
  }
}
