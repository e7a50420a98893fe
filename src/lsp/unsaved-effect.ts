import { effectLines } from '../core/actions/effect/text.ts';
import { Coalesce } from '../core/lib/coalesce.ts';
import type { OpenRepository } from './session/repositories.ts';
import type { Session } from './session/session.ts';

/** Nobody types on for so long: until then the machine is left to what follows each keystroke. */
const quietMs = 800;

/**
 * What the texts that are not saved change in the environments, in words. Worked out when the person pauses, and
 * known until the next edit.
 */
export class UnsavedEffect {
  readonly #jobs: Coalesce<OpenRepository>;
  readonly #lines = new Map<OpenRepository, string[]>();

  /** `told` hears when there are other words. */
  constructor(session: Session, told: () => void) {
    this.#jobs = new Coalesce({
      delayMs: quietMs,
      run: (repository, signal) => this.#find(repository, signal, told),
      failed: (repository, error) => {
        this.#lines.delete(repository);
        session.defect(`what edits of ${repository.root} change`, error);
      },
    });
    const look = (uri: string) => {
      const found = session.repositories.of(uri);
      if (!found) return;
      this.#lines.delete(found.repository);
      this.#jobs.request(found.repository);
    };
    session.documents.onDidChangeContent(({ document }) => look(document.uri));
    session.documents.onDidSave(({ document }) => look(document.uri));
    session.documents.onDidClose(({ document }) => look(document.uri));
  }

  /** One line for each environment that changes; undefined while it is not known, or nothing is unsaved. */
  linesOf(repository: OpenRepository): readonly string[] | undefined {
    return this.#lines.get(repository);
  }

  async #find(repository: OpenRepository, signal: AbortSignal, told: () => void): Promise<void> {
    const { state } = repository;
    if (state.kind !== 'ready') return;
    const { live } = state;
    const effect = live.editedFiles().length > 0 ? await live.effect('disk', signal) : undefined;
    if (signal.aborted) return;
    if (effect) this.#lines.set(repository, effectLines(effect, new Date()));
    told();
  }
}
