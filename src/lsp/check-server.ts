import type { ServerCheck } from '../core/actions/server-check/server-check.ts';
import { UserError } from '../core/lib/errors.ts';
import { quantity } from '../core/words/states.ts';
import type { CheckedOnServer } from './protocol.ts';
import { repositoryOf } from './requests/repository.ts';
import type { RepositoryFile } from './session/repositories.ts';
import type { Session } from './session/session.ts';

/** One environment, and of it only what a file decides where one is named. */
export interface WantedCheck {
  environment: string;
  uri?: string;
}

/** Asks the cluster of an environment what it says of the present texts. Throws a `UserError` where it may not. */
export async function checkServer(
  session: Session,
  { environment, uri }: WantedCheck,
  signal: AbortSignal,
): Promise<{ check: ServerCheck; repository: RepositoryFile['repository']; file?: string }> {
  const { trusted, settings } = session.options;
  if (!trusted)
    throw new UserError('This folder is not trusted, so no cluster is asked: trust it first.');
  if (settings.localOnly)
    throw new UserError(
      'The setting driftline.localOnly is on, so no dry-run is sent to a cluster.',
    );
  const { repository, live } = await repositoryOf(session, environment);
  const file = uri === undefined ? undefined : session.repositories.of(uri)?.file;
  const workspace = await live.present();
  const environments = await workspace.choose([environment]);
  const { serverSays } = await import('../core/actions/server-check/told.ts');
  const check = await serverSays(workspace, {
    environments,
    ...(file !== undefined && { paths: [file] }),
    signal,
  });
  const [failure] = check.failures;
  if (failure !== undefined) throw new UserError(failure);
  return { check, repository, ...(file !== undefined && { file }) };
}

/** The numbers, and what the person has to know who sees nothing in the Problems view. */
export function summaryOf({ findings, notChecked, tried }: ServerCheck): CheckedOnServer {
  const count = (wanted: string) => findings.filter(({ severity }) => severity === wanted).length;
  const reasons = Map.groupBy(notChecked, ({ reason }) => reason);
  const [most] = [...reasons].sort(([, a], [, b]) => b.length - a.length);
  const open = notChecked.length;
  return {
    errors: count('error'),
    warnings: count('warning'),
    notChecked: open,
    tried,
    ...(most && {
      reason: open > 1 ? `${quantity(open, 'object')} not checked: ${most[0]}` : most[0],
    }),
  };
}
