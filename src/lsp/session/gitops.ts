import { existsSync, readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '../../core/git/repository.ts';

/**
 * True where a folder holds something that Driftline reads: its own file, a kustomization, a chart, or a
 * Kubernetes manifest. Looks at names first and at the beginnings of few files, so that nothing heavy starts in
 * all the other folders that an editor opens. Where the folder is no repository's own, only its upper levels are
 * looked at: it may be somebody's home, or lie in a home that is a repository.
 */
export async function looksLikeGitOps(folder: string): Promise<boolean> {
  const isRoot = existsSync(join(folder, '.git'));
  const files = isRoot ? (await openRepository(folder)).files : near(folder);
  if (files.some(file => wellKnown.test(file))) return true;
  const candidates = files.filter(file => /\.ya?ml$/i.test(file)).slice(0, mostRead);
  for (const file of candidates) if (await beginsAsManifest(join(folder, file))) return true;
  return false;
}

const wellKnown = /(^|\/)(driftline\.ya?ml|kustomization\.ya?ml|Kustomization|Chart\.yaml)$/;
const mostRead = 2000;
const mostListed = 5000;
const deepest = 4;
const headSize = 8192;

/** Files of a folder and the folders in it, breadth first, as far as the limits go. */
function near(root: string): string[] {
  const files: string[] = [];
  let folders = [''];
  for (let depth = 0; depth < deepest && files.length < mostListed; depth++) {
    const next: string[] = [];
    for (const folder of folders) {
      for (const entry of entriesOf(join(root, folder))) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isFile()) files.push(path);
        else if (entry.isDirectory() && !/^(\.|node_modules$)/.test(entry.name)) next.push(path);
      }
      if (files.length >= mostListed) break;
    }
    folders = next;
  }
  return files;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

async function beginsAsManifest(file: string): Promise<boolean> {
  try {
    await using handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headSize), 0, headSize, 0);
    const head = buffer.toString('utf8', 0, bytesRead);
    return /^apiVersion:/m.test(head) && /^kind:/m.test(head);
  } catch {
    return false;
  }
}
