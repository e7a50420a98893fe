import { messageOf } from '../lib/errors.ts';
import type { Repository } from '../model/repository.ts';
import { isCandidate } from './roles/classify.ts';
import { decode } from './text/decode.ts';

export interface ScannedFile {
  path: string;
  text: string;
}

/**
 * Reads the files of a repository that may be manifests, in the order of their paths. Binary content is
 * passed over; what cannot be read is added to `unread`. Stops with the signal's reason when aborted.
 */
export async function* scan(
  repository: Repository,
  unread: { file: string; reason: string }[],
  signal?: AbortSignal,
): AsyncGenerator<ScannedFile> {
  const candidates = repository.files.filter(isCandidate);
  for (let at = 0; at < candidates.length; at += batchSize) {
    signal?.throwIfAborted();
    const batch = candidates.slice(at, at + batchSize);
    const contents = await Promise.all(batch.map(path => readText(repository, path)));
    for (const [index, content] of contents.entries()) {
      const path = batch[index] ?? '';
      if ('text' in content) yield { path, text: content.text };
      else if (content.reason !== undefined) unread.push({ file: path, reason: content.reason });
    }
  }
}

/** Files that are read at the same time. */
const batchSize = 128;

async function readText(
  repository: Repository,
  path: string,
): Promise<{ text: string } | { reason: string | undefined }> {
  try {
    const text = decode(await repository.read(path));
    return text === undefined ? { reason: undefined } : { text };
  } catch (error) {
    return { reason: messageOf(error) };
  }
}
