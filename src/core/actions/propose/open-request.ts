import type { Draft } from '../../forges/forge.ts';
import { forgeOf, newRequestPage, titleOf } from '../../forges/index.ts';
import { parseRemote } from '../../forges/remote.ts';
import { UserError } from '../../lib/errors.ts';
import type { Host } from '../../model/host.ts';
import type { ForgePlan, Proposed } from '../plans.ts';

/** A token for whatever forge a change is proposed on; it wins over the forge's own. */
export const commonSecret = 'DRIFTLINE_TOKEN';

/** Which forge a remote's address leads to, by what is well-known and by the person's settings. */
export function forgePlan(host: Host, remoteUrl: string | undefined): ForgePlan {
  const remote = remoteUrl === undefined ? undefined : parseRemote(remoteUrl);
  if (remote === undefined) return { title: 'no forge', host: '', secret: commonSecret };
  const forge = forgeOf(remote, host.forges());
  return {
    id: forge?.id,
    title: titleOf(remote, host.forges()),
    host: remote.host,
    secret: forge?.secret ?? commonSecret,
  };
}

/**
 * The token for a forge among the host's secrets: `DRIFTLINE_TOKEN`, else the forge's own, such as `GITHUB_TOKEN`,
 * which no other forge gets. Undefined where there is none, or nobody to take one.
 */
export function tokenFor(host: Host, { id, secret }: ForgePlan): string | undefined {
  return id === undefined
    ? undefined
    : host.secret(commonSecret) || host.secret(secret) || undefined;
}

/**
 * Opens the request for a branch that is pushed: by the forge's API where there is a token, else the answer is the
 * page on which a person does it, or the branch alone where nobody knows a page. `remoteUrl` is where it was pushed.
 * Throws a UserError with the forge's reason, and what to do with the branch.
 */
export async function openRequest(
  host: Host,
  remoteUrl: string | undefined,
  draft: Draft,
  options: { commit: string; token?: string; signal?: AbortSignal },
): Promise<Proposed> {
  const { commit, token, signal } = options;
  const made = { branch: draft.branch, commit };
  const remote = remoteUrl === undefined ? undefined : parseRemote(remoteUrl);
  if (remote === undefined) return { kind: 'branch', ...made };
  const forge = forgeOf(remote, host.forges());
  const page = newRequestPage(remote, draft, host.forges());
  if (forge === undefined || !token)
    return page === undefined ? { kind: 'branch', ...made } : { kind: 'page', url: page, ...made };
  try {
    return { kind: 'request', ...(await forge.propose(remote, draft, { token, signal })), ...made };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `${error.message} The branch ${draft.branch} is pushed: open the ${forge.request} on ${page}`,
    );
  }
}
