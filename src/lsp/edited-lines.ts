import { readFile } from 'node:fs/promises';
import { linesOf } from '../core/lib/lines.ts';
import { changedPart } from './session/changed-part.ts';
import { pathOf } from './session/client.ts';
import type { Session } from './session/session.ts';

/** Tells which lines of an open document differ from its file. */
export class EditedLines {
  readonly #session: Session;
  readonly #saved = new Map<string, string[]>();

  constructor(session: Session) {
    this.#session = session;
    const { documents } = session;
    documents.onDidOpen(({ document }) =>
      session.guard('reading a file', () => this.#read(document.uri)),
    );
    documents.onDidSave(({ document }) =>
      this.#saved.set(document.uri, linesOf(document.getText())),
    );
    documents.onDidClose(({ document }) => this.#saved.delete(document.uri));
  }

  /** A test for 0-based lines: true where the text was changed and not saved. */
  of(uri: string): (line: number) => boolean {
    const document = this.#session.documents.get(uri);
    const saved = this.#saved.get(uri);
    if (!document || !saved) return () => false;
    const present = linesOf(document.getText());
    const { start, oldEnd, newEnd } = changedPart(saved, present);
    const before = new Set(saved.slice(start, oldEnd));
    return line => line >= start && line < newEnd && !before.has(present[line] ?? '');
  }

  async #read(uri: string): Promise<void> {
    const path = pathOf(uri);
    if (path === undefined) return;
    const text = await readFile(path, 'utf8').catch(() => undefined);
    // A save may have come first; it is newer.
    if (text !== undefined && this.#session.documents.get(uri) && !this.#saved.has(uri))
      this.#saved.set(uri, linesOf(text));
  }
}
