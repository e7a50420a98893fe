import * as vscode from 'vscode';
import type { DriftState } from '../../core/model/drift.ts';
import { type FileMarkers, type MarkerLine, notifications, requests } from '../../lsp/protocol.ts';
import type { LanguageServer } from '../server/language-server.ts';
import { markersEnabled } from '../settings.ts';
import { isCurrent, type LineChange, movedLines } from './marker-lines.ts';

/** Two shapes in the gutter: something differs, something is not there. */
type Shape = 'differs' | 'missing';

/** Draws at the ends of lines what the environments run there, in visible editors. */
export class DriftMarkers implements vscode.Disposable {
  readonly #server: LanguageServer;
  readonly #types: Record<Shape, vscode.TextEditorDecorationType>;
  readonly #subscriptions: vscode.Disposable[];
  /** By the document's URI: as the server answered, moved along with edits since. */
  readonly #markers = new Map<string, MarkerLine[]>();

  constructor(server: LanguageServer, extension: vscode.Uri) {
    this.#server = server;
    this.#types = {
      differs: decorationType(extension, 'differs'),
      missing: decorationType(extension, 'missing'),
    };
    server.on(notifications.markers, answer => this.#take(answer));
    this.#subscriptions = [
      ...Object.values(this.#types),
      server.onPhase(phase => this.#phaseChanged(phase)),
      vscode.window.onDidChangeVisibleTextEditors(editors => this.#draw(editors)),
      vscode.workspace.onDidChangeTextDocument(event => this.#edited(event)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#markers.delete(uri.toString())),
      vscode.workspace.onDidChangeConfiguration(event => {
        if (event.affectsConfiguration('driftline.markers.enabled')) this.#draw();
      }),
    ];
  }

  /** The markers of an open document, whether they are shown or not. */
  linesOf(uri: vscode.Uri): readonly MarkerLine[] {
    return this.#markers.get(uri.toString()) ?? [];
  }

  /** The same as they are drawn. */
  drawnIn(uri: vscode.Uri): readonly MarkerLine[] {
    return markersEnabled() ? this.linesOf(uri) : [];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #take(answer: FileMarkers): void {
    const uri = vscode.Uri.parse(answer.uri).toString();
    const document = vscode.workspace.textDocuments.find(open => open.uri.toString() === uri);
    // A stale answer is dropped: the one for the present text is on its way.
    if (document === undefined || !isCurrent(answer, document.version)) return;
    this.#markers.set(uri, answer.lines);
    this.#draw(editorsOf(uri));
  }

  #edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const uri = document.uri.toString();
    const lines = this.#markers.get(uri);
    if (lines === undefined || lines.length === 0 || contentChanges.length === 0) return;
    this.#markers.set(uri, movedLines(lines, contentChanges.map(lineChange)));
    this.#draw(editorsOf(uri));
  }

  #phaseChanged(phase: string): void {
    if (phase === 'running') {
      for (const { document } of vscode.window.visibleTextEditors) void this.#ask(document);
      return;
    }
    this.#markers.clear();
    this.#draw();
  }

  /** A server that was started anew pushes what changes; what stands already is asked for. */
  async #ask({ uri, languageId }: vscode.TextDocument): Promise<void> {
    if (uri.scheme !== 'file' || languageId !== 'yaml') return;
    const params = { uri: uri.toString() };
    const answer = await this.#server.ask(requests.markers, params).catch(() => undefined);
    if (answer !== undefined) this.#take(answer);
  }

  #draw(editors: readonly vscode.TextEditor[] = vscode.window.visibleTextEditors): void {
    for (const editor of editors) {
      const lines = this.drawnIn(editor.document.uri);
      for (const shape of ['differs', 'missing'] as const) {
        const drawn = lines.filter(({ state }) => shapeOf(state) === shape);
        editor.setDecorations(this.#types[shape], drawn.flatMap(decoration(editor.document)));
      }
    }
  }
}

function editorsOf(uri: string): vscode.TextEditor[] {
  return vscode.window.visibleTextEditors.filter(({ document }) => document.uri.toString() === uri);
}

function shapeOf(state: DriftState): Shape {
  return state === 'missing' ? 'missing' : 'differs';
}

/** At the end of the line, whatever its length is by the time it is drawn. */
function decoration(document: vscode.TextDocument) {
  return ({ line, text }: MarkerLine): vscode.DecorationOptions[] => {
    if (line >= document.lineCount) return [];
    const { end } = document.lineAt(line).range;
    const after = { contentText: `⟵ ${text}` };
    return [{ range: new vscode.Range(end, end), renderOptions: { after } }];
  };
}

function decorationType(extension: vscode.Uri, shape: Shape): vscode.TextEditorDecorationType {
  const icon = (theme: string) =>
    vscode.Uri.joinPath(extension, 'media', 'gutter', `${shape}-${theme}.svg`);
  return vscode.window.createTextEditorDecorationType({
    after: {
      color: new vscode.ThemeColor('editorCodeLens.foreground'),
      margin: '0 0 0 3ch',
      fontStyle: 'normal',
    },
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.modifiedForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
    gutterIconSize: '80%',
    light: { gutterIconPath: icon('light') },
    dark: { gutterIconPath: icon('dark') },
  });
}

function lineChange({ range, text }: vscode.TextDocumentContentChangeEvent): LineChange {
  return {
    start: range.start.line,
    end: range.end.line,
    breaks: text.split('\n').length - 1,
    wholeLine: range.start.character === 0,
  };
}
