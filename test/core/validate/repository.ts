import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { RepositoryIndex } from '../../../src/core/manifests/repository-index.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import type { Repository } from '../../../src/core/model/repository.ts';

/** An index of files that are given as text. */
export function indexOf(files: Record<string, string>): Promise<RepositoryIndex> {
  const repository: Repository = {
    root: '/repository',
    revision: 'working tree',
    files: Object.keys(files).sort(),
    left: [],
    read: async file => new TextEncoder().encode(files[file]),
  };
  return RepositoryIndex.build(repository);
}

/** An index of the files of a folder, without git. */
export function indexOfFolder(
  root: string,
  isPart: (file: string) => boolean = () => true,
): Promise<RepositoryIndex> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
    .filter(isPart)
    .sort();
  const read = async (file: string) => readFileSync(join(root, file));
  return RepositoryIndex.build({ root, revision: 'working tree', files, left: [], read });
}

/** `5 unknown-field` for each finding that is no mere information. */
export function placesOf(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ severity }) => severity !== 'information')
    .map(({ line, rule }) => `${line} ${rule}`);
}
