import { codeActions } from './code-actions.ts';
import { codeLens } from './code-lens.ts';
import { completion } from './completion.ts';
import { definition } from './definition.ts';
import { diagnostics } from './diagnostics.ts';
import { differenceCommands } from './difference-commands.ts';
import { documentSymbols } from './document-symbols.ts';
import type { Feature } from './feature.ts';
import { folders } from './folders.ts';
import { folding } from './folding.ts';
import { giveBack } from './give-back.ts';
import { hover } from './hover.ts';
import { inlayHints } from './inlay-hints.ts';
import { markers } from './markers.ts';
import { references } from './references.ts';
import { rename } from './rename.ts';
import { checks } from './requests/checks.ts';
import { clusters } from './requests/clusters.ts';
import { effects } from './requests/effects.ts';
import { fetching } from './requests/fetching.ts';
import { proposing } from './requests/proposing.ts';
import { rendering } from './requests/rendering.ts';
import { state } from './requests/state.ts';
import { syncing } from './requests/syncing.ts';
import { uses } from './requests/uses.ts';
import { settings } from './settings.ts';
import { textSync } from './text-sync.ts';
import { visible } from './visible.ts';
import { watchedFiles } from './watched-files.ts';
import { workspaceSymbols } from './workspace-symbols.ts';

/** All that the server does, in the order in which it hears of things: an edit counts before it is judged. */
export const features: readonly Feature[] = [
  settings,
  folders,
  textSync,
  watchedFiles,
  visible,
  diagnostics,
  markers,
  inlayHints,
  hover,
  completion,
  codeLens,
  codeActions,
  differenceCommands,
  definition,
  references,
  rename,
  documentSymbols,
  workspaceSymbols,
  folding,
  state,
  checks,
  rendering,
  uses,
  clusters,
  effects,
  fetching,
  proposing,
  syncing,
  giveBack,
];
