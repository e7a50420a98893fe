import * as vscode from 'vscode';
import { commandLink } from '../../lsp/markdown.ts';
import { trustedMarkdown } from '../links.ts';
import type { Repository } from '../repository.ts';
import { type Description, describeNode, spansNamespaces } from './describe.ts';
import type { Filter } from './filter.ts';
import { childNodes, type EnvironmentNode, placeOf, rootNodes, targetOf } from './node.ts';
import { tooltipOf } from './tooltip.ts';

/** A line that the view has asked for, as it was drawn. */
interface Shown {
  node: EnvironmentNode;
  description: Description;
  drawn: string;
  /** Milliseconds since 1970: it may say how long ago something was. */
  at: number;
}

/**
 * Gives the view its lines. Its elements are ids, which outlive every answer of the server, so that only lines
 * that changed are drawn anew and nothing that is unfolded folds.
 */
export class EnvironmentTree implements vscode.TreeDataProvider<string> {
  readonly #repository: Repository;
  readonly #changes = new vscode.EventEmitter<string[] | undefined>();
  readonly #shown = new Map<string, Shown>();
  #filter: Filter = { kind: 'everything' };
  #visible = false;
  #rootIds: string[] = [];

  readonly onDidChangeTreeData = this.#changes.event;

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  get filter(): Filter {
    return this.#filter;
  }

  set filter(filter: Filter) {
    this.#filter = filter;
    this.update(this.#visible);
  }

  /** Draws what changed; nothing at all unless `visible`, so that a welcome can stand there. */
  update(visible: boolean): void {
    const before = this.#visible;
    this.#visible = visible;
    const roots = this.#roots();
    const old = this.#rootIds;
    this.#rootIds = roots.map(({ id }) => id);
    if (before !== visible || old.join('\n') !== this.#rootIds.join('\n')) {
      this.#shown.clear();
      this.#changes.fire(undefined);
      return;
    }
    const changed = roots.flatMap(node => this.#changedUnder(node));
    if (changed.length > 0) this.#changes.fire(changed);
  }

  getChildren(id?: string): string[] {
    const parent = id === undefined ? undefined : this.#shown.get(id)?.node;
    const below = parent === undefined ? [] : childNodes(parent, this.#filter);
    const nodes = id === undefined ? this.#roots() : below;
    if (id === undefined) this.#rootIds = nodes.map(node => node.id);
    for (const node of nodes) this.#shown.set(node.id, this.#look(node));
    return nodes.map(node => node.id);
  }

  getTreeItem(id: string): vscode.TreeItem {
    const shown = this.#shown.get(id);
    return shown === undefined ? new vscode.TreeItem('') : this.#item(shown);
  }

  resolveTreeItem(item: vscode.TreeItem, id: string): vscode.TreeItem {
    const node = this.#shown.get(id)?.node;
    const text = node && tooltipOf(node, new Date(), commandLink);
    if (text !== undefined) item.tooltip = trustedMarkdown(text);
    return item;
  }

  /** The node that a line stands for. */
  nodeOf(id: string): EnvironmentNode | undefined {
    return this.#shown.get(id)?.node;
  }

  dispose(): void {
    this.#changes.dispose();
  }

  #roots(): EnvironmentNode[] {
    const state = this.#repository.state;
    return this.#visible && state !== undefined ? rootNodes(state) : [];
  }

  /** The topmost lines, from this one down, that look different now. Only what was shown is looked at. */
  #changedUnder(node: EnvironmentNode): string[] {
    const shown = this.#shown.get(node.id);
    if (shown === undefined) return [];
    if (isAsBefore(shown, node)) {
      this.#shown.set(node.id, { ...shown, node });
      return [];
    }
    const children = childNodes(node, this.#filter);
    const look = this.#look(node, children);
    this.#shown.set(node.id, look);
    if (look.drawn !== shown.drawn) return [node.id];
    return children.flatMap(child => this.#changedUnder(child));
  }

  #look(node: EnvironmentNode, children = childNodes(node, this.#filter)): Shown {
    const now = new Date();
    const description = describeNode(node, now);
    const below = children.map(({ id }) => id);
    const drawn = JSON.stringify([description, placeOf(node), below]);
    return { node, description, drawn, at: now.getTime() };
  }

  #item({ node, description }: Shown): vscode.TreeItem {
    const item = new vscode.TreeItem(description.label, foldings[description.folding]);
    item.id = node.id;
    item.description = description.description;
    item.contextValue = description.capabilities.join(' ');
    item.accessibilityInformation = { label: description.spoken };
    if (description.icon !== undefined) {
      const { id, color } = description.icon;
      item.iconPath = new vscode.ThemeIcon(id, color ? new vscode.ThemeColor(color) : undefined);
    }
    const command = this.#open(node);
    if (command !== undefined) item.command = command;
    return item;
  }

  /** Objects and fields open the line that decides them; what has none (it only runs) opens its comparison. */
  #open(node: EnvironmentNode): vscode.Command | undefined {
    if (node.kind !== 'object' && node.kind !== 'field' && node.kind !== 'not-checked') return;
    const place = placeOf(node);
    const uri = place && this.#repository.fileUri(place.file);
    if (uri !== undefined && place !== undefined) {
      const position = new vscode.Position(place.line - 1, place.column - 1);
      const selection = new vscode.Range(position, position);
      const title = vscode.l10n.t('Open Source');
      return { title, command: 'vscode.open', arguments: [uri, { selection }] };
    }
    if (node.kind === 'not-checked') return;
    const title = vscode.l10n.t('Compare with Live');
    return { title, command: 'driftline.compare', arguments: [targetOf(node)] };
  }
}

/** Objects in which nothing changed are the same ones in every answer; their lines tell times by the minute. */
function isAsBefore({ node, at }: Shown, now: EnvironmentNode): boolean {
  if (node.kind !== 'object' || now.kind !== 'object' || node.object !== now.object) return false;
  const isNear = Date.now() - at < 60_000;
  return isNear && spansNamespaces(node.application) === spansNamespaces(now.application);
}

const foldings = {
  none: vscode.TreeItemCollapsibleState.None,
  folded: vscode.TreeItemCollapsibleState.Collapsed,
  open: vscode.TreeItemCollapsibleState.Expanded,
};
