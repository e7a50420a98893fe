import * as vscode from 'vscode';
import { type OfObject, type RenderedSide, requests } from '../../lsp/protocol.ts';
import { renderedScheme } from '../../lsp/rendered-uri.ts';
import { comparedIn } from '../drift/comparisons.ts';
import { documentScheme } from '../names.ts';
import type { LanguageServer } from '../server/language-server.ts';
import { objectOf } from './documents.ts';

/** Go to definition from a rendered or compared document: to the text that decides the field. */
export class Sources implements vscode.DefinitionProvider, vscode.Disposable {
  readonly #server: LanguageServer;
  readonly #subscription: vscode.Disposable;

  constructor(server: LanguageServer) {
    this.#server = server;
    const documents = [{ scheme: renderedScheme }, { scheme: documentScheme }];
    this.#subscription = vscode.languages.registerDefinitionProvider(documents, this);
  }

  async provideDefinition(
    { uri }: vscode.TextDocument,
    { line }: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Location | undefined> {
    return this.of(uri, line, token);
  }

  /** The place that decides a line (0-based) of a rendered or compared document. */
  async of(
    uri: vscode.Uri,
    line: number,
    token?: vscode.CancellationToken,
  ): Promise<vscode.Location | undefined> {
    const params = { ...shownIn(uri), line };
    const place = await this.#server.ask(requests.source, params, token);
    if (place === null) return undefined;
    return new vscode.Location(
      vscode.Uri.parse(place.uri),
      new vscode.Position(place.line, place.character),
    );
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

/** The object and the side that a document shows. */
export function shownIn(uri: vscode.Uri): OfObject & { side: RenderedSide } {
  if (uri.scheme === renderedScheme) return { ...objectOf(uri), side: 'rendered' };
  const { about, side } = comparedIn(uri);
  return { ...about, side };
}

/** True for documents whose lines come from lines of files. */
export function isShown({ scheme }: vscode.Uri): boolean {
  return scheme === renderedScheme || scheme === documentScheme;
}
