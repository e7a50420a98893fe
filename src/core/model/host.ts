/** What the core asks of whoever runs it: the editor, the language server and the command line each bring one. */
export interface Host {
  log(message: string): void;
  /** True when the folder may decide what starts: exec credential plug-ins, hooks. */
  trusted(): boolean;
  /** Environment variable or stored secret; undefined when there is none. */
  secret(name: string): string | undefined;
  /**
   * Forges of hosts that are not well-known, such as `{"git.example.com": "gitea"}`. A person's setting, never
   * the repository's: it decides where a token goes.
   */
  forges(): Readonly<Record<string, string>>;
  /** The kubeconfig that the person chose; as kubectl finds it where there is none. */
  kubeconfig?(): string | undefined;
  /** True where the person wants no dry-run sent to a cluster: each leaves an entry in its audit log. */
  localOnly?(): boolean;
  /**
   * File of the audit log (JSON lines) of the cluster that a context leads to. A person's setting, never the
   * repository's: it decides which file is read.
   */
  auditLog?(context: string): string | undefined;
  /**
   * Folders of schemas, and addresses (https://…) of mirrors of a schema catalogue. A person's setting, never the
   * repository's: an address hears which kinds are asked for.
   */
  schemas?(): readonly string[];
}
