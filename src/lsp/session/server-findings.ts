import type { Finding } from '../../core/model/finding.ts';

/** What clusters said of files when a person asked them; it counts as long as the text is the same. */
export class ServerFindings {
  readonly #known = new Map<string, { text: string; findings: Finding[] }>();

  /** Addresses of files that something is known of. */
  uris(): string[] {
    return [...this.#known.keys()];
  }

  take(uri: string, text: string, findings: Finding[]): void {
    if (findings.length > 0) this.#known.set(uri, { text, findings });
    else this.#known.delete(uri);
  }

  /** Of the present text; what was said of another one is forgotten. */
  of(uri: string, text: string): readonly Finding[] {
    const known = this.#known.get(uri);
    if (known?.text === text) return known.findings;
    this.#known.delete(uri);
    return [];
  }
}
