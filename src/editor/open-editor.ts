import * as vscode from 'vscode';
import { commands, notifications } from '../lsp/protocol.ts';
import { ChosenClusters } from './chosen-clusters.ts';
import { DriftBadges } from './drift/badges.ts';
import { Comparisons } from './drift/comparisons.ts';
import { DriftMarkers } from './drift/markers.ts';
import type { Editor } from './editor.ts';
import { EnvironmentsView } from './environments/view.ts';
import { Pointer } from './pointer.ts';
import { Previews } from './previews.ts';
import { ProgressMessages } from './progress-messages.ts';
import { RenderedDocuments } from './rendered/documents.ts';
import { Effects } from './rendered/effects.ts';
import { Sources } from './rendered/sources.ts';
import { Repository } from './repository.ts';
import { LanguageServer } from './server/language-server.ts';
import { serverSettings } from './settings.ts';
import { StatusBar } from './status-bar.ts';
import { Tokens } from './tokens.ts';
import { tellVisible } from './visible.ts';
import { onSchemasElsewhere } from './yaml-extension.ts';

/** Builds every feature once and hands each what it works with; all of it goes with the extension. */
export function openEditor(context: vscode.ExtensionContext): Editor {
  const keep = <Feature extends vscode.Disposable>(feature: Feature): Feature => {
    context.subscriptions.push(feature);
    return feature;
  };
  const log = keep(vscode.window.createOutputChannel('Driftline', { log: true }));
  const clusters = new ChosenClusters(context.workspaceState);
  const server = keep(
    new LanguageServer({
      module: context.asAbsolutePath('dist/server.cjs'),
      log,
      commands: Object.values(commands),
      initializationOptions: () => ({
        trusted: vscode.workspace.isTrusted,
        markers: true,
        clusters: clusters.all(),
        settings: serverSettings(),
      }),
    }),
  );
  const repository = keep(new Repository(server));
  const view = keep(new EnvironmentsView(repository, server));
  keep(new DriftBadges(server, repository));
  keep(tellServer(server));
  keep(tellVisible(server));
  return {
    server,
    repository,
    view,
    log,
    clusters,
    statusBar: keep(new StatusBar(repository)),
    markers: keep(new DriftMarkers(server, context.extensionUri)),
    comparisons: keep(new Comparisons(server, repository)),
    rendered: keep(new RenderedDocuments(server, repository)),
    sources: keep(new Sources(server)),
    effects: keep(new Effects(server, repository)),
    previews: keep(new Previews()),
    progress: new ProgressMessages(server),
    tokens: new Tokens(context.secrets),
    pointer: keep(new Pointer(view)),
  };
}

/** Trust and settings reach a running server at once; nothing has to be loaded anew. */
function tellServer(server: LanguageServer): vscode.Disposable {
  const tellSettings = () => server.tell(notifications.settings, serverSettings());
  return vscode.Disposable.from(
    vscode.workspace.onDidGrantWorkspaceTrust(() =>
      server.tell(notifications.trust, { trusted: true }),
    ),
    vscode.workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration('driftline')) tellSettings();
    }),
    onSchemasElsewhere(tellSettings),
    vscode.workspace.onDidChangeWorkspaceFolders(() => startWhereFilesAre(server)),
  );
}

/** Starts the server once there is a folder on a disk; without one there is nothing to read. */
export function startWhereFilesAre(server: LanguageServer): void {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.some(({ uri }) => uri.scheme === 'file')) void server.start();
}
