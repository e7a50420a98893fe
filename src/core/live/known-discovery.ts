import type { Discovery } from '../environments/context.ts';
import { isSameOutline, type Outline, outlineOf } from '../environments/outline.ts';
import type { Workspace } from '../workspace.ts';

type Looked = Pick<Workspace, 'discovery' | 'found' | 'index' | 'branch'>;

/**
 * The environments that were found last, for as long as the files that make them are the same: most edits change
 * fields of ordinary objects.
 */
export class KnownDiscovery {
  #known: { outline: Outline; branch: string | undefined; found: Promise<Discovery> } | undefined;

  /** What was found, where the changed files of a newer state cannot make it another thing. */
  for(
    { index }: Pick<Workspace, 'index'>,
    changed: ReadonlySet<string>,
    branch: string | undefined,
  ): Promise<Discovery> | undefined {
    // What is not indexed may be a generator's input, and its ConfigMap hold variables of a build.
    const areIndexed = [...changed].every(file => index.file(file) !== undefined);
    const known = this.#known;
    if (!known || changed.size === 0 || !areIndexed || known.branch !== branch) return undefined;
    return isSameOutline(known.outline, outlineOf(index)) ? known.found : undefined;
  }

  /**
   * Has the environments of a workspace looked for. They are kept only where no edit was `isPending` from beginning to
   * end: the index follows an edit before the repository does, and what is made of both is of no state.
   */
  async look(workspace: Looked, isPending: () => boolean): Promise<Discovery> {
    const isClean = !isPending();
    const discovery = await workspace.discovery();
    const found = workspace.found;
    if (found && found !== this.#known?.found)
      this.#known =
        isClean && !isPending()
          ? { outline: outlineOf(workspace.index), branch: workspace.branch, found }
          : undefined;
    return discovery;
  }
}
