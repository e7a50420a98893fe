import type { FileReach, Reach } from '../core/actions/reach/reach.ts';
import { quantity } from '../core/words/states.ts';
import { printable } from '../core/words/values.ts';
import { type Block, blocksOf, helperBlocks } from './blocks.ts';
import type { RepositoryFile } from './session/repositories.ts';

/** What a block of a file reaches. */
export interface BlockReach extends Block {
  /** One for each object in each environment. */
  objects: Reach[];
  environments: string[];
  /** Objects with a field that somebody changed in a cluster, which applying the block takes back. */
  editedByHand: number;
}

/**
 * The blocks of a file for which it helps to know what they reach: not an object that one environment gets as it
 * stands here, and of a block's parts only those that reach something else than the whole.
 */
export function blockReaches(
  { live, file }: RepositoryFile,
  text: string | undefined,
): BlockReach[] {
  const indexed = live.workspace().index.file(file);
  const isHelper = file.endsWith('.tpl') && text !== undefined;
  const blocks = indexed ? blocksOf(indexed) : isHelper ? helperBlocks(text) : [];
  if (blocks.length === 0) return [];
  const reach = live.reach(file);
  const all = blocks.map(block => reachOf(block, reach));
  const whole = all.find(({ part }) => !part);
  const isPlain = indexed?.role === 'manifest';
  return all.filter(
    ({ part, objects, editedByHand }) =>
      objects.length > (isPlain && editedByHand === 0 ? 1 : 0) &&
      !(part && objects.length === whole?.objects.length),
  );
}

/** `reaches 12 objects in 3 environments · 1 edited by hand`. */
export function reachText({ objects, environments, editedByHand }: BlockReach): string {
  const [only] = environments;
  const where =
    environments.length === 1 && only !== undefined
      ? printable(only)
      : quantity(environments.length, 'environment');
  const edited = editedByHand > 0 ? ` · ${editedByHand} edited by hand` : '';
  return `reaches ${quantity(objects.length, 'object')} in ${where}${edited}`;
}

function reachOf(block: Block, reach: FileReach): BlockReach {
  const objects = reach.objects(block.line, block.endLine);
  return {
    ...block,
    objects,
    environments: [...new Set(objects.map(({ environment }) => environment))],
    editedByHand: objects.filter(({ liveEdit }) => liveEdit !== undefined).length,
  };
}
