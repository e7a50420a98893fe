import type * as vscode from 'vscode';
import type { ChosenCluster } from '../lsp/protocol.ts';

const key = 'clusters';

/** Which cluster a person chose for each environment of this workspace: it stays on this machine. */
export class ChosenClusters {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  all(): ChosenCluster[] {
    return this.#memory.get<ChosenCluster[]>(key, []);
  }

  of(environment: string): ChosenCluster | undefined {
    return this.all().find(each => each.environment === environment);
  }

  async choose(cluster: ChosenCluster): Promise<void> {
    await this.#memory.update(key, [...this.#without(cluster.environment), cluster]);
  }

  async forget(environment: string): Promise<void> {
    await this.#memory.update(key, this.#without(environment));
  }

  #without(environment: string): ChosenCluster[] {
    return this.all().filter(each => each.environment !== environment);
  }
}
