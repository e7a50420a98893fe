/** A repository's files as one revision, or the working tree, has them. */
export interface Repository {
  /** Absolute path of the root folder. */
  readonly root: string;
  /** A commit id, or `working tree`. */
  readonly revision: string;
  /**
   * Every file that git tracks or does not ignore (all files where there is no git), relative, with `/`,
   * sorted. Symbolic links that stay inside are listed under their own path; others are left out.
   */
  readonly files: readonly string[];
  /** Of the listed files those that are seen by way of symbolic links; absent where it is not known. */
  readonly linked?: readonly string[];
  /** Bytes of a listed file. Throws a `UserError` when it cannot be read. */
  read(file: string): Promise<Uint8Array>;
  /** What was left out and why, such as a link that leads out of the repository. */
  readonly left: readonly { file: string; reason: string }[];
}
