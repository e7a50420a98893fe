import { UserError } from '../lib/errors.ts';
import type { Repository } from '../model/repository.ts';
import { type SopsFormat, sopsFormat } from './formats.ts';
import { type Revealed, revealInPlace } from './in-place.ts';
import { decrypt, requireSops } from './program.ts';

/** Larger files are no secrets. */
const largest = 4 * 1024 * 1024;
const atOnce = 4;

export interface Decrypted {
  repository: Repository;
  /** The values that were encrypted: wherever one shows up, it must be masked. */
  values: ReadonlySet<string>;
  /** What stays encrypted, and why: one sentence each. A person has not the keys of every environment. */
  failures: string[];
}

/**
 * The repository with the files that SOPS encrypted as they are in the clear: in memory only. Throws a `UserError`
 * where `sops` is not there. `isManifest` tells files that are read by their lines; any other becomes what `sops`
 * makes of it, as it may end up in a manifest whole. The repository itself where nothing is encrypted.
 */
export async function decryptRepository(
  repository: Repository,
  { isManifest, signal }: { isManifest: (file: string) => boolean; signal?: AbortSignal },
): Promise<Decrypted> {
  const encrypted = await encryptedFiles(repository);
  if (encrypted.length === 0) return { repository, values: new Set(), failures: [] };
  await requireSops(signal);
  const revealed = new Map<string, Revealed>();
  const failures: string[] = [];
  const reasonOf = (error: unknown) => {
    if (error instanceof UserError) return error.message;
    throw error;
  };
  const queue = [...encrypted];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      await reveal(next, isManifest(next.file), signal).then(
        found => revealed.set(next.file, found),
        error => failures.push(reasonOf(error)),
      );
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return {
    repository: {
      root: repository.root,
      revision: `${repository.revision}, decrypted`,
      files: repository.files,
      left: repository.left,
      read: async file => {
        const found = revealed.get(file);
        return found ? Buffer.from(found.text) : repository.read(file);
      },
    },
    values: new Set([...revealed.values()].flatMap(({ values }) => values)),
    failures: failures.sort(),
  };
}

interface Encrypted {
  file: string;
  text: string;
  format: SopsFormat;
}

async function encryptedFiles(repository: Repository): Promise<Encrypted[]> {
  const found: Encrypted[] = [];
  for (const file of repository.files) {
    const content = await repository.read(file).catch(() => undefined);
    if (!content || content.byteLength > largest) continue;
    const text = Buffer.from(content).toString();
    const format = sopsFormat(text);
    if (format) found.push({ file, text, format });
  }
  return found;
}

async function reveal(
  { file, text, format }: Encrypted,
  byLines: boolean,
  signal: AbortSignal | undefined,
): Promise<Revealed> {
  const plain = await decrypt(file, text, format, signal);
  if (format === 'binary') return { text: plain, values: [plain.trim()] };
  if (format === 'dotenv' || format === 'ini') return { text: plain, values: valuesOf(plain) };
  const revealed = revealInPlace(text, plain);
  if (revealed && !byLines) return { ...revealed, text: plain };
  if (revealed) return revealed;
  throw new UserError(
    `${file} is not rendered decrypted: what \`sops\` answers is built otherwise than the file.`,
  );
}

/** The values of lines such as `KEY=value`. */
function valuesOf(text: string): string[] {
  return text.split('\n').flatMap(line => /^[^#;=]+=(.+)$/.exec(line)?.[1]?.trim() ?? []);
}
