import type { Position } from 'vscode-languageserver';
import type { FileSchemas, Names } from '../../core/actions/names.ts';
import { type Cursor, cursorAt } from '../../core/names/cursor.ts';
import { type Spot, spotAt } from '../../core/names/spot.ts';
import type { OpenFile } from '../session/session.ts';
import type { LocatedDocument, SchemaDocuments } from './schema-document.ts';

/** A place in an open file with what is known of it. */
export interface Place {
  offset: number;
  cursor: Cursor;
  spot: Spot;
  types: FileSchemas;
  /** Undefined where no schema is known. */
  document: LocatedDocument | undefined;
}

/** Undefined where nothing can be made out, such as in a comment. */
export function placeAt(
  open: OpenFile,
  position: Position,
  { names, documents }: { names: Names; documents: SchemaDocuments },
): Place | undefined {
  const text = open.document.getText();
  const offset = open.document.offsetAt(position);
  const cursor = cursorAt(text, offset);
  const spot = cursor && spotAt(names.inventory, open.file, cursor);
  if (!cursor || !spot) return undefined;
  const types = names.schemasOf(open.file);
  const partial = isPatch(open, names, text);
  const { apiVersion, kind } = spot;
  const asked = { file: open.file, text, offset, partial, apiVersion, kind, types };
  // The service would take the List as a whole for the object.
  const document = cursor.isItem ? undefined : documents.at(asked);
  return { offset, cursor, spot, types, document };
}

function isPatch({ file }: OpenFile, { inventory }: Names, text: string): boolean {
  return inventory.index.file(file)?.role === 'patch' || /^\s*\$patch:/m.test(text);
}
