import { fileURLToPath } from 'node:url';
import type { InitializeParams } from 'vscode-languageserver';

/** What the client on the other side can do. */
export interface Client {
  /** Our extension: it draws the markers, has the tree, and knows our commands. */
  ours: boolean;
  /** It watches files for us. */
  watchesFiles: boolean;
  /** It can be asked for its configuration. */
  configures: boolean;
  /** It tells when folders come and go. */
  changesFolders: boolean;
  refreshesLenses: boolean;
  refreshesHints: boolean;
  /** It shows Markdown in hovers. */
  markdown: boolean;
  /** It fills in snippets. */
  snippets: boolean;
  /** It takes edits of a version of a document. */
  versionsEdits: boolean;
  /** It makes files that an edit names. */
  createsFiles: boolean;
  /** It opens documents when asked to. */
  showsDocuments: boolean;
  /** It shows other places of a diagnostic, and opens what is written about its code. */
  relates: boolean;
  explainsCodes: boolean;
  /** It shows the symbols of a document as a tree. */
  nestsSymbols: boolean;
  /** Absolute paths of the folders that are open. */
  folders: string[];
}

/** What is known before `initialize`: nothing. */
export const unknownClient: Client = {
  ours: false,
  watchesFiles: false,
  configures: false,
  changesFolders: false,
  refreshesLenses: false,
  refreshesHints: false,
  markdown: false,
  snippets: false,
  versionsEdits: false,
  createsFiles: false,
  showsDocuments: false,
  relates: false,
  explainsCodes: false,
  nestsSymbols: false,
  folders: [],
};

export function readClient({
  capabilities,
  workspaceFolders,
  rootUri,
  initializationOptions,
}: InitializeParams): Client {
  const { workspace, textDocument, window } = capabilities;
  const edits = workspace?.workspaceEdit;
  const published = textDocument?.publishDiagnostics;
  const uris = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : []);
  return {
    ours: initializationOptions?.markers === true,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    configures: workspace?.configuration === true,
    changesFolders: workspace?.workspaceFolders === true,
    refreshesLenses: workspace?.codeLens?.refreshSupport === true,
    refreshesHints: workspace?.inlayHint?.refreshSupport === true,
    markdown: textDocument?.hover?.contentFormat?.includes('markdown') === true,
    snippets: textDocument?.completion?.completionItem?.snippetSupport === true,
    versionsEdits: edits?.documentChanges === true,
    createsFiles: edits?.resourceOperations?.includes('create') === true,
    showsDocuments: window?.showDocument?.support === true,
    relates: published?.relatedInformation === true,
    explainsCodes: published?.codeDescriptionSupport === true,
    nestsSymbols: textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport === true,
    folders: uris.flatMap(uri => pathOf(uri) ?? []),
  };
}

/** The path of a `file:` address; undefined for everything else, such as untitled and virtual documents. */
export function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}
