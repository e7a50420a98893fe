import type { Finding, NotChecked } from '../model/finding.ts';
import type { ProvenanceKind } from '../model/rendered.ts';
import { placeText } from '../model/source.ts';

/** Findings of all layers and environments, each place and rule once. */
export class FindingCollector {
  readonly #byPlace = new Map<string, Finding>();
  readonly #byWords = new Map<string, Finding>();
  readonly #isTestData: (file: string) => boolean;

  /** What is wrong with test data is information: it may be meant, and no cluster will see it. */
  constructor(isTestData: (file: string) => boolean = () => false) {
    this.#isTestData = isTestData;
  }

  /** `how` tells how the place is known: where it is only near, the same words elsewhere are the same finding. */
  add(finding: Finding, how: ProvenanceKind = 'exact'): void {
    const { file, line, column, rule, message } = finding;
    const place = `${file}:${line}:${column} ${rule}`;
    const words = `${rule} ${message}`;
    const near = how === 'exact' ? undefined : this.#byWords.get(words);
    const known = this.#byPlace.get(place) ?? near;
    if (known) known.environments = [...new Set([...known.environments, ...finding.environments])];
    else {
      const told = this.#isTestData(file)
        ? { ...finding, severity: 'information' as const }
        : finding;
      this.#byPlace.set(place, told);
      this.#byWords.set(words, told);
    }
  }

  /** What is known of a file so far. */
  in(file: string): Finding[] {
    return [...this.#byPlace.values()].filter(finding => finding.file === file);
  }

  /** What is known of the files below a folder, whose path ends with `/`, so far. */
  below(folder: string): Finding[] {
    return [...this.#byPlace.values()].filter(({ file }) => file.startsWith(folder));
  }

  /** In the order of files and lines. */
  sorted(): Finding[] {
    return [...this.#byPlace.values()].sort(
      (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column,
    );
  }
}

/** What was not checked, each place and reason once. */
export class NotCheckedCollector {
  readonly #entries = new Map<string, NotChecked>();

  add(entry: NotChecked): void {
    const key = `${entry.place ? placeText(entry.place) : ''} ${entry.reason}`;
    if (!this.#entries.has(key)) this.#entries.set(key, entry);
  }

  /** True where something on this line is not checked. */
  has(file: string, line: number): boolean {
    return [...this.#entries.values()].some(
      ({ place }) => place?.file === file && place.line === line,
    );
  }

  /** In the order of files and lines. */
  sorted(): NotChecked[] {
    return [...this.#entries.values()].sort(
      ({ place: a }, { place: b }) =>
        compare(a?.file ?? '', b?.file ?? '') || (a?.line ?? 0) - (b?.line ?? 0),
    );
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
