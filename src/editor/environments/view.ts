import * as vscode from 'vscode';
import { ContextKey } from '../context-key.ts';
import { viewId } from '../names.ts';
import type { Repository } from '../repository.ts';
import type { LanguageServer } from '../server/language-server.ts';
import { type Filter, filterWords } from './filter.ts';
import type { Target } from './node.ts';
import { targetOf } from './node.ts';
import { type ViewPhase, viewPhase } from './phase.ts';
import { badgeOf } from './summary.ts';
import { EnvironmentTree } from './tree.ts';

/** The Environments view: the tree, its badge, its message, and the welcome that stands where there is no tree. */
export class EnvironmentsView implements vscode.Disposable {
  readonly #repository: Repository;
  readonly #server: LanguageServer;
  readonly #tree: EnvironmentTree;
  readonly #view: vscode.TreeView<string>;
  readonly #phaseKey = new ContextKey('driftline.phase');
  readonly #filteredKey = new ContextKey('driftline.filtered');
  readonly #subscriptions: vscode.Disposable[];

  constructor(repository: Repository, server: LanguageServer) {
    this.#repository = repository;
    this.#server = server;
    this.#tree = new EnvironmentTree(repository);
    this.#view = vscode.window.createTreeView(viewId, {
      treeDataProvider: this.#tree,
      showCollapseAll: true,
    });
    const update = () => this.#update();
    this.#subscriptions = [
      this.#view,
      this.#tree,
      repository.onChanged(update),
      server.onPhase(update),
      vscode.workspace.onDidGrantWorkspaceTrust(update),
      vscode.workspace.onDidChangeWorkspaceFolders(update),
    ];
    this.#update();
  }

  get phase(): ViewPhase {
    return viewPhase({
      folders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.scheme),
      trusted: vscode.workspace.isTrusted,
      failed: this.#server.phase === 'failed',
      state: this.#repository.state,
    });
  }

  get tree(): EnvironmentTree {
    return this.#tree;
  }

  get badge(): vscode.ViewBadge | undefined {
    return this.#view.badge;
  }

  get message(): string | undefined {
    return this.#view.message;
  }

  get filter(): Filter {
    return this.#tree.filter;
  }

  set filter(filter: Filter) {
    this.#tree.filter = filter;
    this.#filteredKey.set(filter.kind !== 'everything');
    this.#update();
  }

  /** Fires when a person selects a line. */
  get onDidChangeSelection(): vscode.Event<vscode.TreeViewSelectionChangeEvent<string>> {
    return this.#view.onDidChangeSelection;
  }

  /** What the selected line stands for, while the view is to be seen. */
  selected(): Target | undefined {
    const [id] = this.#view.visible ? this.#view.selection : [];
    const node = id === undefined ? undefined : this.#tree.nodeOf(id);
    return node && targetOf(node);
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #update(): void {
    const phase = this.phase;
    const state = this.#repository.state;
    this.#phaseKey.set(phase);
    this.#tree.update(phase === 'ready');
    this.#view.badge = state && badgeOf(state);
    this.#view.message = phase === 'ready' ? this.#remark() : undefined;
  }

  /** Above the tree: what hides something from it. */
  #remark(): string | undefined {
    if (!vscode.workspace.isTrusted) {
      return vscode.l10n.t('Restricted Mode: clusters are not read until you trust this folder.');
    }
    const words = filterWords(this.#tree.filter);
    return words === undefined ? undefined : vscode.l10n.t('Filtered: {0}.', words);
  }
}
