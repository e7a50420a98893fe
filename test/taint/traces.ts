import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { found, type Planted } from './secrets.ts';

/** Files below a folder that hold a planted value, with the names of the values. */
export function tracesBelow(folder: string, planted: Planted): string[] {
  return filesBelow(folder).flatMap(file => {
    const held = found(read(file), planted);
    return held.length > 0 ? [`${file} holds ${held.join(', ')}`] : [];
  });
}

/**
 * Looks, as often as it can until it is stopped, for planted values in files that come and go below the folders
 * and in the arguments of all processes of this machine.
 */
export function watchTraces(folders: readonly string[], planted: Planted) {
  const seen = new Set<string>();
  const looked = new Map<string, string>();
  const look = () => {
    for (const folder of folders)
      for (const file of filesBelow(folder)) {
        const state = stateOf(file);
        if (looked.get(file) === state) continue;
        looked.set(file, state);
        const held = found(read(file), planted);
        if (held.length > 0) seen.add(`${file} held ${held.join(', ')}`);
      }
    for (const line of argumentLists()) {
      const held = found(line, planted);
      if (held.length > 0) seen.add(`the arguments ${line.slice(0, 200)} held ${held.join(', ')}`);
    }
  };
  const timer = setInterval(look, 5);
  return {
    stop(): string[] {
      clearInterval(timer);
      look();
      return [...seen];
    },
  };
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name));
  } catch {
    return []; // it went while it was read
  }
}

function stateOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return '';
  }
}

/** `latin1` keeps every byte. */
function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function argumentLists(): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(pid => read(join('/proc', pid, 'cmdline')).replaceAll('\0', ' '));
}
