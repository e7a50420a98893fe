import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf, UserError } from '../core/lib/errors.ts';

/**
 * Writes a result to a file, all of it or nothing: beside the file first, then renamed over it, so that
 * an interrupted run leaves no half. Throws a UserError that names the file.
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  const beside = join(dirname(file), `.${basename(file)}.${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(beside, text);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw new UserError(`Cannot write ${file}: ${messageOf(error)}.`);
  }
}

/** Resolves when the text has left the process: a pipe may be slower than we are. */
export function writeOut(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((done, failed) => {
    stream.write(text, error => (error ? failed(error) : done()));
  });
}
