import {
  DidChangeWatchedFilesNotification,
  FileChangeType,
  WatchKind,
} from 'vscode-languageserver/node';
import type { Feature } from './feature.ts';
import { pathOf } from './session/client.ts';
import type { Session } from './session/session.ts';

/** Files that change on disk. The client watches them; this server watches nothing itself. */
export const watchedFiles: Feature = {
  register(session) {
    const { connection, documents, repositories } = session;
    session.onBegin(() => {
      if (session.client.watchesFiles) session.guard('watching files', () => watch(session));
    });
    connection.onDidChangeWatchedFiles(({ changes }) =>
      session.guard('following files', () => {
        tell(
          session,
          changes.map(({ uri }) => uri),
        );
        for (const { uri, type } of changes) {
          const path = type === FileChangeType.Created ? pathOf(uri) : undefined;
          if (path !== undefined) repositories.lookAgain(path);
        }
      }),
    );
    // For clients that watch nothing, and for files of other kinds that a generator reads.
    documents.onDidSave(({ document }) =>
      session.guard('following a save', () => {
        tell(session, [document.uri]);
        const path = pathOf(document.uri);
        if (path !== undefined) repositories.lookAgain(path);
      }),
    );
  },
};

/** Manifests, what kustomize's generators and charts usually read, and where git notes what is checked out. */
const patterns = [
  '**/*.{yaml,yml,json,tpl,tgz}',
  '**/{Kustomization,Chart.lock,.helmignore,.gitignore,.sops.yaml}',
  '**/*.{env,properties,conf,cfg,ini,toml,txt,sh,xml,cue}',
  '**/.git/{HEAD,packed-refs,refs/heads/**,refs/remotes/**}',
];

async function watch({ connection }: Session): Promise<void> {
  const kind = WatchKind.Create | WatchKind.Change | WatchKind.Delete;
  await connection.client.register(DidChangeWatchedFilesNotification.type, {
    watchers: patterns.map(globPattern => ({ globPattern, kind })),
  });
}

function tell({ repositories }: Session, uris: readonly string[]): void {
  const found = uris.flatMap(uri => repositories.of(uri) ?? []);
  for (const [live, files] of Map.groupBy(found, each => each.live))
    live.changedOnDisk([...new Set(files.map(({ file }) => file))]);
}
