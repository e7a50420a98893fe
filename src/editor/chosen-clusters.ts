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

  async choose(cluster: ChosenCluster): Promise<void> {
    const others = this.all().filter(({ environment }) => environment !== cluster.environment);
    await this.#memory.update(key, [...others, cluster]);
  }
}
