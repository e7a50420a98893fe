import { requests } from '../../lsp/protocol.ts';
import { targetFrom } from '../target.ts';
import type { Command } from './command.ts';
import { askInView } from './progress.ts';

/** Reads clusters and snapshots anew: those of the environment it was called on, else all. */
export const checkDrift: Command = {
  id: 'driftline.checkDrift',
  run: async (editor, argument) => {
    const target = argument === undefined ? {} : await targetFrom(editor, argument);
    await askInView(editor, requests.check, { environment: target.environment });
  },
};
