import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../core/lib/errors.ts';
import type { Live } from '../../core/live/live.ts';
import type { OpenRepository } from '../session/repositories.ts';
import type { Session } from '../session/session.ts';

export interface Chosen {
  repository: OpenRepository;
  live: Live;
}

/** The repository that declares the environment; without one the only repository that is open. */
export async function repositoryOf(
  { repositories }: Session,
  environment: string | undefined,
): Promise<Chosen> {
  await repositories.ready();
  if (environment !== undefined) return repositories.ofEnvironment(environment);
  const [first, second] = repositories.lives();
  if (!first) throw new UserError('No folder with a GitOps repository is open.');
  if (!second) return first;
  throw new UserError('Several repositories are open: choose an environment of the one you mean.');
}

/**
 * Refuses to act on what only the editor has: git and clusters get what is on disk, or would get what nobody saved.
 * `paths` limits it to some files.
 */
export async function assertSaved(
  session: Session,
  { repository }: Chosen,
  paths?: readonly string[],
): Promise<void> {
  for (const { file, document } of session.openFiles(repository)) {
    if (paths && !paths.includes(file)) continue;
    const saved = await readFile(join(repository.root, file), 'utf8').catch(() => undefined);
    if (saved === document.getText()) continue;
    throw new UserError(`${file} has changes that are not saved: save it first.`);
  }
}
