import type { Finding, NotChecked } from '../model/finding.ts';
import type { ProvenanceKind } from '../model/rendered.ts';
import { placeText } from '../model/source.ts';

/** Findings of all environments, each place and rule once. */
export class Collector {
  readonly #findings = new Map<string, Finding>();
  readonly #byWords = new Map<string, Finding>();
  readonly #notChecked = new Map<string, NotChecked>();

  /** `how` says how the place of a rendered field is known: only near, it is the same as any with its words. */
  add(finding: Finding, how: ProvenanceKind = 'exact'): void {
    const { file, line, column, rule, message } = finding;
    const key = `${file}:${line}:${column} ${rule}`;
    const words = `${rule} ${message}`;
    const known =
      this.#findings.get(key) ?? (how === 'exact' ? undefined : this.#byWords.get(words));
    if (known === undefined) {
      this.#findings.set(key, finding);
      this.#byWords.set(words, finding);
    } else known.environments = [...new Set([...known.environments, ...finding.environments])];
  }

  skip(notChecked: NotChecked): void {
    const { reason, place } = notChecked;
    const key = `${place ? placeText(place) : ''} ${reason}`;
    if (!this.#notChecked.has(key)) this.#notChecked.set(key, notChecked);
  }

  /** In the order of files and lines. */
  findings(): Finding[] {
    return [...this.#findings.values()].sort(
      (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column,
    );
  }

  notChecked(): NotChecked[] {
    return [...this.#notChecked.values()].sort(
      (a, b) =>
        compare(a.place?.file ?? '', b.place?.file ?? '') ||
        (a.place?.line ?? 0) - (b.place?.line ?? 0),
    );
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
