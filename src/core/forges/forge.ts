export const forgeIds = ['github', 'gitlab', 'gitea'] as const;
export type ForgeId = (typeof forgeIds)[number];

/** Where a remote leads: `git@host:owner/name.git`, `https://host:3000/group/sub/name` and the like. */
export interface RemoteAddress {
  /** Lower case; with the port, where an http address names one. */
  host: string;
  /** `https` for ssh remotes too: it is what the API is asked by. */
  protocol: 'http' | 'https';
  /** `owner`, or `group/subgroup`. */
  owner: string;
  name: string;
}

export interface Draft {
  title: string;
  /** Markdown. */
  body: string;
  /** Branch with the change, pushed already. */
  branch: string;
  /** Branch it shall go to. */
  base: string;
}

export interface ProposedRequest {
  number: number;
  url: string;
}

/** A host of git repositories where changes are proposed and reviewed, spoken to by its REST API. */
export interface Forge {
  readonly id: ForgeId;
  /** What the user calls it, such as `GitLab`. */
  readonly title: string;
  /** `pull request` or `merge request`. */
  readonly request: string;
  /** Name of the secret that holds a token for it: `GITHUB_TOKEN`. */
  readonly secret: string;
  /** True when a well-known host is this forge's. */
  matches(remote: RemoteAddress): boolean;
  /**
   * Opens the request; where one is open already for the same branches, that one is the answer. Throws a
   * `UserError` with the forge's own reason; the token is in no message.
   */
  propose(remote: RemoteAddress, draft: Draft, access: ForgeAccess): Promise<ProposedRequest>;
  /** State of a request. Throws a `UserError`. */
  state(
    remote: RemoteAddress,
    number: number,
    access: ForgeAccess,
  ): Promise<'open' | 'merged' | 'closed'>;
  /** The page on which a person makes the request by hand. */
  newRequestPage(remote: RemoteAddress, draft: Pick<Draft, 'branch' | 'base' | 'title'>): string;
}

export interface ForgeAccess {
  token: string;
  signal?: AbortSignal;
}
