import type { Marker } from '../core/live/state.ts';
import { EditedLines } from './edited-lines.ts';
import type { Feature } from './feature.ts';
import { markerText, worst } from './marker-text.ts';
import { type FileMarkers, type MarkerLine, notifications, requests } from './protocol.ts';
import type { OpenFile, Session } from './session/session.ts';

/** What the environments run, at the end of the lines that decide it: asked for, and pushed for what is open. */
export const markers: Feature = {
  register(session) {
    const edited = new EditedLines(session);
    const sent = new Map<string, string>();
    const push = (open: OpenFile | undefined) => {
      if (!open || !session.client.ours) return;
      const message = openMarkers(open, edited, session);
      const text = JSON.stringify(message);
      if (sent.get(message.uri) === text) return;
      sent.set(message.uri, text);
      session.send(notifications.markers, message);
    };
    session.documents.onDidChangeContent(({ document }) => push(session.openFile(document.uri)));
    session.onChanged((repository, { files }) => {
      for (const open of session.openFiles(repository)) if (files.includes(open.file)) push(open);
    });
    session.onMinute(() => {
      for (const { uri } of session.documents.all()) push(session.openFile(uri));
    });
    session.documents.onDidClose(({ document }) => sent.delete(document.uri));
    session.answer(requests.markers, async ({ uri }) => {
      await session.repositories.ready();
      return fileMarkers(session, uri, edited);
    });
  },
};

/** Markers of a document as it is, or of a file on disk. */
function fileMarkers(session: Session, uri: string, edited: EditedLines): FileMarkers {
  const open = session.openFile(uri);
  if (open) return openMarkers(open, edited, session);
  const found = session.repositories.of(uri);
  return { uri, lines: found ? markerLines(found.live.markers(found.file)) : [] };
}

function openMarkers(open: OpenFile, edited: EditedLines, { present }: Session): FileMarkers {
  const { uri, version } = open.document;
  return { uri, version, lines: markerLines(present.of(open, open.document), edited.of(uri)) };
}

/** Each marker in words; lines become 0-based. */
export function markerLines(
  all: readonly Marker[],
  isEdited: (line: number) => boolean = () => false,
): MarkerLine[] {
  const now = new Date();
  return all.flatMap(({ line, differences }): MarkerLine[] => {
    const first = worst(differences);
    if (!first) return [];
    const text = markerText(differences, { now, edited: isEdited(line - 1) });
    const { state, environment, object } = first;
    return [{ line: line - 1, text, state, environment, object }];
  });
}
