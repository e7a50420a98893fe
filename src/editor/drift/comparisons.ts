import * as vscode from 'vscode';
import { resourceKey } from '../../core/model/resource.ts';
import { type Comparison, type OfObject, requests } from '../../lsp/protocol.ts';
import { documentScheme } from '../names.ts';
import type { Repository } from '../repository.ts';
import type { LanguageServer } from '../server/language-server.ts';
import { type Side, sideText } from './comparison-text.ts';

/** Read-only documents of both sides of a comparison; kept current as long as one of them is open. */
export class Comparisons implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #server: LanguageServer;
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscription: vscode.Disposable;
  /** Both sides are one question. */
  readonly #answers = new Map<string, { about: OfObject; answer: Promise<Comparison> }>();

  readonly onDidChange = this.#changes.event;

  constructor(server: LanguageServer, repository: Repository) {
    this.#server = server;
    this.#subscription = vscode.Disposable.from(
      this.#changes,
      vscode.workspace.registerTextDocumentContentProvider(documentScheme, this),
      repository.onChanged(environments => this.#renew(environments)),
    );
  }

  /** Opens both sides beside each other. */
  async open(about: OfObject): Promise<void> {
    const { title } = await this.#ask(about, true);
    const options: vscode.TextDocumentShowOptions = { preview: true };
    await vscode.commands.executeCommand(
      'vscode.diff',
      uriOf(about, 'desired'),
      uriOf(about, 'live'),
      title,
      options,
    );
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { about, side } = comparedIn(uri);
    return sideText(await this.#ask(about, false), side, about.environment);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #ask(about: OfObject, anew: boolean): Promise<Comparison> {
    const key = keyOf(about);
    const known = this.#answers.get(key);
    if (known !== undefined && !anew) return known.answer;
    const answer = this.#server.ask(requests.compare, about);
    this.#answers.set(key, { about, answer });
    answer.catch(() => this.#answers.delete(key));
    return answer;
  }

  #renew(environments: readonly string[] | undefined): void {
    const open = new Set(
      vscode.workspace.textDocuments
        .filter(({ uri }) => uri.scheme === documentScheme)
        .map(({ uri }) => uri.toString()),
    );
    for (const [key, { about }] of this.#answers) {
      const uris = [uriOf(about, 'desired'), uriOf(about, 'live')];
      if (environments !== undefined && !environments.includes(about.environment)) continue;
      this.#answers.delete(key);
      for (const uri of uris) if (open.has(uri.toString())) this.#changes.fire(uri);
    }
  }
}

function keyOf({ environment, object }: OfObject): string {
  return `${environment}\n${resourceKey(object)}`;
}

/** The name is for people, the query is what is asked for. */
function uriOf(about: OfObject, side: Side): vscode.Uri {
  const { kind, name } = about.object;
  const path = ['', about.environment, side, `${kind}-${name}.yaml`.replace(/[/\\:]/g, '-')];
  return vscode.Uri.from({
    scheme: documentScheme,
    path: path.join('/'),
    query: JSON.stringify({ about, side }),
  });
}

/** What a document of a comparison shows. */
export function comparedIn(uri: vscode.Uri): { about: OfObject; side: Side } {
  return JSON.parse(uri.query) as { about: OfObject; side: Side };
}
