/** What the core asks of whoever runs it: the editor, the language server and the command line each bring one. */
export interface Host {
  log(message: string): void;
  /** True when the folder may decide what starts: exec credential plug-ins, hooks. */
  trusted(): boolean;
  /** Environment variable or stored secret; undefined when there is none. */
  secret(name: string): string | undefined;
}
