import * as vscode from 'vscode';
import type { ContextKeys } from './names.ts';

/** A context key that `when` clauses read; the editor hears of a new value only. */
export class ContextKey<Name extends keyof ContextKeys> {
  readonly #name: Name;
  #value: ContextKeys[Name] | undefined;

  constructor(name: Name) {
    this.#name = name;
  }

  set(value: ContextKeys[Name]): void {
    if (value === this.#value) return;
    this.#value = value;
    void vscode.commands.executeCommand('setContext', this.#name, value);
  }
}
