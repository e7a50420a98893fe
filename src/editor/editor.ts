import type * as vscode from 'vscode';
import type { ChosenClusters } from './chosen-clusters.ts';
import type { Comparisons } from './drift/comparisons.ts';
import type { DriftMarkers } from './drift/markers.ts';
import type { EnvironmentsView } from './environments/view.ts';
import type { Pointer } from './pointer.ts';
import type { Previews } from './previews.ts';
import type { ProgressMessages } from './progress-messages.ts';
import type { RenderedDocuments } from './rendered/documents.ts';
import type { Effects } from './rendered/effects.ts';
import type { Sources } from './rendered/sources.ts';
import type { Repository } from './repository.ts';
import type { LanguageServer } from './server/language-server.ts';
import type { StatusBar } from './status-bar.ts';
import type { Tokens } from './tokens.ts';

/** Everything that commands work with. */
export interface Editor {
  server: LanguageServer;
  repository: Repository;
  view: EnvironmentsView;
  statusBar: StatusBar;
  markers: DriftMarkers;
  comparisons: Comparisons;
  rendered: RenderedDocuments;
  sources: Sources;
  effects: Effects;
  previews: Previews;
  progress: ProgressMessages;
  clusters: ChosenClusters;
  tokens: Tokens;
  pointer: Pointer;
  log: vscode.LogOutputChannel;
}
