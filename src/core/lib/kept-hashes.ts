import { hash, randomBytes } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

export interface KeptHashesOptions {
  /** In the person's cache. */
  folder: string;
  /** What the hashes are about: each has a file of its own. */
  about: string;
  /** How many are kept; what was used last stays. */
  most: number;
  /** Milliseconds for which one counts. */
  longest: number;
}

/**
 * Hashes that are known again in later sessions, made with a key of this machine: on disk stand no names and no values,
 * and nothing that could be guessed elsewhere. Whatever is wrong with the files, nothing is known then.
 */
export class KeptHashes {
  readonly #options: KeptHashesOptions;
  readonly #key: string;
  readonly #file: string;
  /** Until when each counts, in milliseconds since 1970; the last used last. */
  readonly #until: Map<string, number>;
  #changed = false;

  constructor(options: KeptHashesOptions) {
    const { folder, about } = options;
    this.#options = options;
    this.#key = keyIn(folder);
    this.#file = join(folder, `${this.of(about)}.json`);
    this.#until = readEntries(this.#file);
  }

  /** The same for the same text in every session. */
  of(text: string): string {
    return hash('sha256', `${this.#key} ${text}`, 'base64url');
  }

  has(hashed: string): boolean {
    const until = this.#until.get(hashed);
    if (until === undefined || until <= Date.now()) return false;
    this.#until.delete(hashed);
    this.#until.set(hashed, until);
    return true;
  }

  add(hashed: string): void {
    this.#until.delete(hashed);
    this.#until.set(hashed, Date.now() + this.#options.longest);
    this.#changed = true;
  }

  clear(): void {
    this.#changed ||= this.#until.size > 0;
    this.#until.clear();
  }

  /** Writes what was added, at once and whole; of two processes the later counts. */
  save(): void {
    if (!this.#changed) return;
    this.#changed = false;
    const { folder, most, longest } = this.#options;
    const now = Date.now();
    const entries = [...this.#until].filter(([, until]) => until > now).slice(-most);
    // What is left of a process that was ended here is removed with all that is old.
    const beside = `${this.#file}.${process.pid}.part`;
    try {
      writeFileSync(beside, JSON.stringify(entries), { mode: 0o600 });
      renameSync(beside, this.#file);
      removeOld(folder, now - longest);
    } catch {
      // A cache that cannot be written is none.
    }
  }
}

/** Made when it is first needed; of a folder that cannot be written one for this session. */
function keyIn(folder: string): string {
  const file = join(folder, 'key');
  const made = randomBytes(32).toString('base64url');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, made, { flag: 'wx', mode: 0o600 });
    return made;
  } catch {
    try {
      const known = readFileSync(file, 'utf8');
      return known.length === made.length ? known : made;
    } catch {
      return made;
    }
  }
}

function readEntries(file: string): Map<string, number> {
  try {
    const entries: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return new Map(Array.isArray(entries) ? entries.filter(isEntry) : []);
  } catch {
    return new Map();
  }
}

function isEntry(entry: unknown): entry is [string, number] {
  return Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'number';
}

/** Nothing counts any more in a file that was not written for so long. */
function removeOld(folder: string, before: number): void {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? before;
    if (name !== 'key' && written < before) rmSync(file, { force: true });
  }
}
