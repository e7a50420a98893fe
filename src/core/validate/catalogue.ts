import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mediaFolder } from '../lib/media.ts';
import type { RuleLevel } from '../model/validation-policy.ts';

/** What is written about one rule, in `media/rules/<id>.md`. */
export interface RulePage {
  id: string;
  /** What it finds, in a few words. */
  title: string;
  /** As what a finding is shown where nobody says otherwise; single findings of a rule may be milder. */
  level: RuleLevel;
  /** Absolute path of the page. */
  file: string;
  /** Markdown: what it means, how to mend it, an example. */
  text: string;
}

/** The pages of all rules that a check of Driftline uses; each is read when it is first asked for. */
export class RuleCatalogue {
  readonly #folder: string;
  readonly #pages = new Map<string, RulePage | undefined>();
  #ids: readonly string[] | undefined;

  constructor(folder: string = mediaFolder('rules', 'unknown-field.md')) {
    this.#folder = folder;
  }

  /** Of all rules, sorted. */
  ids(): readonly string[] {
    this.#ids ??= readdirSync(this.#folder)
      .flatMap(name => /^([\w-]+)\.md$/.exec(name)?.[1] ?? [])
      .sort();
    return this.#ids;
  }

  page(id: string): RulePage | undefined {
    if (!this.#pages.has(id)) this.#pages.set(id, this.#read(id));
    return this.#pages.get(id);
  }

  #read(id: string): RulePage | undefined {
    if (!/^[\w-]+$/.test(id)) return undefined;
    const file = join(this.#folder, `${id}.md`);
    if (!existsSync(file)) return undefined;
    const text = readFileSync(file, 'utf8');
    const title = /^# [\w-]+: (.+)$/m.exec(text)?.[1];
    const level = /^Default: (error|warning|information|off)$/m.exec(text)?.[1];
    return title === undefined || level === undefined
      ? undefined
      : { id, title, level: level as RuleLevel, file, text };
  }
}
