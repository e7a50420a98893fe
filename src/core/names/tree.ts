import type { Repository } from '../model/repository.ts';

/** Folders of a repository by path (`''` is the root), with what is directly in them. */
export type Tree = ReadonlyMap<
  string,
  { folders: ReadonlySet<string>; files: ReadonlySet<string> }
>;

/** The folders of a repository's files, read once for each state of it. */
export function treeOf(repository: Repository): Tree {
  const known = trees.get(repository.files) ?? read(repository.files);
  trees.set(repository.files, known);
  return known;
}

const trees = new WeakMap<readonly string[], Tree>();

function read(files: readonly string[]): Tree {
  const tree = new Map<string, { folders: Set<string>; files: Set<string> }>();
  const folderAt = (path: string) => {
    const known = tree.get(path);
    if (known) return known;
    const made = { folders: new Set<string>(), files: new Set<string>() };
    tree.set(path, made);
    if (path !== '') {
      const slash = path.lastIndexOf('/');
      folderAt(path.slice(0, Math.max(slash, 0))).folders.add(path.slice(slash + 1));
    }
    return made;
  };
  for (const file of files) {
    const slash = file.lastIndexOf('/');
    folderAt(file.slice(0, Math.max(slash, 0))).files.add(file.slice(slash + 1));
  }
  return tree;
}

export function foldersOf(tree: Tree, folder: string): ReadonlySet<string> {
  return tree.get(folder)?.folders ?? new Set();
}
