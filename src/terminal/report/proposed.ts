import type { ForgePlan, Proposed } from '../../core/actions/plans.ts';
import { printable } from '../../core/words/values.ts';

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

/** The Markdown of a request for eyes: without tags, characters instead of references; what is fenced as it is. */
export function readableMarkdown(markdown: string): string {
  let fence: string | undefined;
  const lines = markdown.split('\n').map(line => {
    const mark = /^`{3,}/.exec(line)?.[0];
    const isInside = fence !== undefined && line !== fence;
    if (!isInside) fence = fence === undefined ? mark : undefined;
    return printable(isInside ? line : untagged(line));
  });
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function untagged(line: string): string {
  return line
    .replace(/<!-- -->|<\/?(?:code|details)>/g, '')
    .replace(/<summary>(.*)<\/summary>/, '$1:')
    .replace(/&#(\d{1,6});/g, (_, code) => String.fromCodePoint(Number(code)));
}
