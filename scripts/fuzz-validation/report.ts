import type { Difference } from './compare.ts';
import { classesOf, type Listed, readListed } from './listed.ts';
import type { Manifest } from './manifests.ts';
import type { Word } from './word.ts';

export interface Unlisted {
  manifest: Manifest;
  server: Word;
  difference: Difference;
}

/** Counts what was asked and how the words differ. */
export class Report {
  asked = 0;
  accepted = 0;
  refused = 0;
  /** Objects with a difference of any kind. */
  different = 0;
  readonly kinds = new Set<string>();
  readonly unlisted: Unlisted[] = [];
  readonly #nothing = new Map<string, number>();
  readonly #listed = new Map<string, number>();
  readonly #classes: readonly Listed[] = readListed();

  add(manifest: Manifest, server: Word, found: readonly Difference[], target: string): void {
    if (server.says === 'nothing') {
      count(this.#nothing, server.reason ?? '');
      return;
    }
    this.asked++;
    this.kinds.add(`${manifest.object.apiVersion} ${manifest.object.kind}`);
    if (server.says === 'accepted') this.accepted++;
    else this.refused++;
    if (found.length > 0) this.different++;
    const minor = Number(target.split('.')[1]);
    for (const difference of found) {
      const classes = classesOf(
        difference,
        { object: manifest.object, server, minor },
        this.#classes,
      );
      if (classes === undefined) this.unlisted.push({ manifest, server, difference });
      for (const id of classes ?? []) count(this.#listed, id);
    }
  }

  /** The share of objects about which both say the same: verdict, causes, warnings. */
  get share(): number {
    return this.asked === 0 ? 0 : 1 - this.different / this.asked;
  }

  text(): string {
    const { asked, accepted, refused, kinds, different, unlisted } = this;
    const share = (this.share * 100).toFixed(2);
    const head = `${asked} objects of ${kinds.size} kinds: ${accepted} accepted, ${refused} refused; ${different} differ (${share} % the same), ${unlisted.length} differences are not listed`;
    return [
      head,
      ...lines('listed', this.#listed),
      ...lines('no word', this.#nothing),
      ...unlisted.map(unlistedText),
    ].join('\n');
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function lines(title: string, counts: ReadonlyMap<string, number>): string[] {
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name, times]) => `${title}: ${times} ${name}`);
}

function unlistedText({ manifest: { from, object }, server, difference }: Unlisted): string {
  const title = `NOT LISTED ${difference.what} ${object.apiVersion} ${object.kind} (${from}, server: ${server.says} ${server.at ?? ''})`;
  return [title, ...difference.lines.map(line => `  ${line.slice(0, 400)}`)].join('\n');
}
