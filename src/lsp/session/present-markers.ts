import type { TextDocument } from 'vscode-languageserver-textdocument';
import { linesOf } from '../../core/lib/lines.ts';
import type { Marker } from '../../core/live/state.ts';
import { changedPart } from './changed-part.ts';
import type { RepositoryFile } from './repositories.ts';

interface Known {
  lines: string[];
  markers: Marker[];
}

/**
 * Markers of open documents on the lines where they belong at this moment. While an edit is being compared they
 * are those of the text before, moved along with their lines; those of lines that were edited wait for the answer.
 */
export class PresentMarkers {
  readonly #known = new Map<string, Known>();

  of({ live, file }: RepositoryFile, document: TextDocument): Marker[] {
    const lines = linesOf(document.getText());
    if (live.isCurrent(file)) {
      const markers = live.markers(file);
      this.#known.set(document.uri, { lines, markers });
      return markers;
    }
    const known = this.#known.get(document.uri);
    return known ? moved(known, lines) : [];
  }

  forget(uri: string): void {
    this.#known.delete(uri);
  }
}

function moved({ lines, markers }: Known, present: readonly string[]): Marker[] {
  const { start, oldEnd, newEnd } = changedPart(lines, present);
  return markers.flatMap(marker => {
    const line = marker.line - 1;
    if (line < start) return [marker];
    return line < oldEnd ? [] : [{ ...marker, line: marker.line + newEnd - oldEnd }];
  });
}
