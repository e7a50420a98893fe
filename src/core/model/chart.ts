import type { ChartReference } from './environment.ts';
import type { Repository } from './repository.ts';

/** Where charts are found that are not folders of the repository. Reads the disk, opens no connection. */
export interface Charts {
  find(reference: ChartReference, repository: Repository): Promise<FoundChart>;
  /** What a chart's `Chart.yaml` says of the dependencies of these names; several may have the same name. */
  dependencies(
    folder: string,
    names: readonly string[],
    repository: Repository,
  ): Promise<ChartDependency[]>;
}

export type FoundChart =
  /** A copy in the repository: a chart's folder, or an archive. */
  | { kind: 'copy'; path: string }
  /** An archive that was fetched before; `digest` is its SHA-256 in hex. */
  | { kind: 'archive'; file: string; digest: string; read(): Promise<Uint8Array> }
  /** `reason` is a sentence without its full stop. */
  | { kind: 'missing'; reason: string };

/** A chart that another one is made of, and where it comes from. */
export type ChartDependency = { name: string } & (
  | { kind: 'reference'; reference: ChartReference }
  /** A folder of the repository (`file://…`). */
  | { kind: 'folder'; path: string }
  | { kind: 'unknown'; reason: string }
);

/** As it is written in sentences: `chart podinfo 6.5.0 of https://…`. */
export function chartText({ url, name, version }: ChartReference): string {
  return `chart ${name} ${version || '(newest)'} of ${shownAddress(url)}`;
}

/** An address without the name and password that may stand in it. */
export function shownAddress(url: string): string {
  return url.replace(/^(\w+:\/\/)[^/@]*@/, '$1');
}
