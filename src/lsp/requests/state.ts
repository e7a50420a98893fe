import { quantity } from '../../core/words/states.ts';
import { printable } from '../../core/words/values.ts';
import type { Feature } from '../feature.ts';
import { differenceSentence } from '../marker-text.ts';
import {
  type FileBadge,
  type LineDifference,
  notifications,
  requests,
  type WorkspaceState,
} from '../protocol.ts';
import { uriOf } from '../session/repositories.ts';
import type { Session } from '../session/session.ts';

/** What the views of our editor show: environments, badges, objects of a file. */
export const state: Feature = {
  register(session) {
    const { repositories } = session;
    session.answer(requests.state, params => workspaceState(session, params?.since));
    session.answer(requests.badges, () => badges(session));
    session.answer(requests.objects, async ({ uri }) => {
      await repositories.ready();
      const found = repositories.of(uri);
      return found?.live.objects(found.file) ?? [];
    });
    session.answer(requests.differences, async ({ uri, line }) => {
      await repositories.ready();
      return lineDifferences(session, uri, line + 1);
    });
    session.onChangedSoon(environments => {
      if (session.client.ours) session.send(notifications.changed, { environments });
    });
  },
};

function lineDifferences(session: Session, uri: string, line: number): LineDifference[] {
  const open = session.openFile(uri);
  const found = session.repositories.of(uri);
  const markers = open ? session.present.of(open, open.document) : found?.live.markers(found.file);
  const differences = markers?.find(marker => marker.line === line)?.differences ?? [];
  return differences.flatMap(difference => {
    const { environment, application, object, path } = difference;
    if (path === undefined) return [];
    const words = differenceSentence(difference, new Date());
    return [{ environment, application, object, path: path.path, words }];
  });
}

async function workspaceState(
  session: Session,
  since: string | undefined,
): Promise<WorkspaceState> {
  const { repositories } = session;
  const all = repositories.all();
  const lives = repositories.lives();
  if (lives.length === 0) {
    const loading = all.some(({ state: { kind } }) => kind === 'loading');
    const reasons = all.flatMap(({ state }) => (state.kind === 'none' ? [state.reason] : []));
    const reason = reasons.length > 0 ? reasons.join(' ') : 'No folder is open.';
    const empty = { environments: [], files: 0, unresolved: [] };
    return loading ? { kind: 'loading', ...empty } : { kind: 'none', reason, ...empty };
  }
  const moments = since?.split(' ') ?? [];
  const parts = await Promise.all(
    lives.map(async ({ live }, index) => {
      const workspace = live.workspace();
      const { problems, unresolved } = await workspace.discovery();
      const wrong = problems.map(({ message, ...place }) => ({ reason: message, place }));
      const read = workspace.index.files().filter(({ role }) => role !== 'other');
      const moment = moments.length === lives.length ? moments[index] : undefined;
      return {
        at: live.moment(),
        environments: live.environments(moment),
        gone: moment === undefined ? undefined : live.gone(moment),
        files: read.length,
        unresolved: [...wrong, ...unresolved],
      };
    }),
  );
  const isPart = parts.every(({ gone }) => gone !== undefined);
  // Of one that is not known anew, everything has to be told; so it is of the others, too.
  if (moments.length > 0 && !isPart) return workspaceState(session, undefined);
  return {
    kind: 'ready',
    root: lives[0]?.live.root,
    environments: parts.flatMap(({ environments }) => environments),
    files: parts.reduce((sum, { files }) => sum + files, 0),
    unresolved: parts.flatMap(({ unresolved }) => unresolved),
    at: parts.map(({ at }) => at).join(' '),
    ...(isPart && { gone: Object.assign({}, ...parts.map(({ gone }) => gone)) }),
  };
}

function badges({ repositories }: Session): FileBadge[] {
  return repositories.lives().flatMap(({ repository, live }) =>
    [...live.badges()].map(([file, { differences, environments }]) => ({
      uri: uriOf(repository, file),
      count: differences,
      words: `${quantity(differences, 'difference')} in ${environments.map(printable).join(' and ')}`,
    })),
  );
}
