import type { IndexedFile } from '../manifests/index-types.ts';
import { resolveReference } from '../manifests/paths.ts';
import type { RepositoryIndex } from '../manifests/repository-index.ts';

/** As much of the index as discovery reads. */
export type ManifestIndex = Pick<
  RepositoryIndex,
  'file' | 'files' | 'ofKind' | 'kustomizations' | 'charts'
>;

/**
 * The index in which snapshots are no manifests: what runs is written in them, not what should.
 * They are the files that driftline.yaml names as such, and those that `driftline snapshot` wrote.
 */
export function withoutSnapshots(index: RepositoryIndex, named: readonly string[]): ManifestIndex {
  const snapshots = new Set([
    ...named.map(file => resolveReference('', file) ?? file),
    ...index.ofKind('driftline.dev', 'Snapshot').map(({ file }) => file),
  ]);
  const seen = (file: IndexedFile) => (snapshots.has(file.path) ? asOther(file) : file);
  const files = index.files().map(seen);
  return {
    file: path => {
      const file = index.file(path);
      return file && seen(file);
    },
    files: () => files,
    ofKind: (group, kind) => index.ofKind(group, kind).filter(({ file }) => !snapshots.has(file)),
    kustomizations: index.kustomizations,
    charts: index.charts,
  };
}

function asOther(file: IndexedFile): IndexedFile {
  return {
    path: file.path,
    text: file.text,
    role: 'other',
    parsed: file.parsed,
    objects: file.objects,
  };
}
