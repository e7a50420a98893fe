import type { ForgePlan, Proposed } from '../../core/actions/plans.ts';

/** What is left for the person to do once the branch is made; empty where the request is open. */
export function proposedHint(made: Proposed, { id, title, host, secret }: ForgePlan): string {
  if (made.kind === 'request') return '';
  const pushed = `The branch ${made.branch} is made`;
  if (made.kind === 'page')
    return id === undefined
      ? `${pushed}; open the request on this page of ${title}:\n`
      : `${pushed}; there is no token for ${title} (DRIFTLINE_TOKEN or ${secret}), so open the request on this page:\n`;
  return host === ''
    ? `${pushed}; its remote is on no forge.\n`
    : `${pushed}; what runs on ${host} is not known: say it with --forge ${host}=gitea, gitlab or github.\n`;
}
