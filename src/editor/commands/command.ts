import type { Editor } from '../editor.ts';
import type { CommandId } from '../names.ts';

/** A verb of the palette and the menus. */
export interface Command {
  id: CommandId;
  /** Writes to a cluster or a remote, or reads them with the person's rights: refused in a folder that is not trusted. */
  acts?: true;
  /** `argument`: what it was called on: a line of the view, a file, a target; undefined in the palette. */
  run(editor: Editor, argument: unknown): Promise<void>;
}
