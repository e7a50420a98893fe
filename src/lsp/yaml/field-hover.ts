import { type Hover, MarkupContent, type Position, type Range } from 'vscode-languageserver';
import type { Pointer } from '../../core/model/path.ts';
import type { FieldType } from '../../core/schemas/type.ts';
import { plainText } from '../markdown.ts';
import type { OpenFile, Session } from '../session/session.ts';
import { movedRange } from './items.ts';
import { type Place, placeAt } from './place.ts';
import { schemasAreWanted } from './wanted.ts';
import { yamlLanguage } from './yaml-language.ts';

/** What the field at a place is: its type, what its API says of it, and whose word that is. */
export async function fieldHover(
  open: OpenFile,
  position: Position,
  session: Session,
): Promise<{ text: string; range: Range } | undefined> {
  const { settings } = session.options;
  if (settings.completion === 'off' || !schemasAreWanted(open, settings)) return undefined;
  const language = yamlLanguage(session);
  const names = await language.names.of(open);
  const place = placeAt(open, position, { names, documents: language.documents });
  const document = place?.document;
  if (!document || !isOnField(place)) return undefined;
  const service = await language.service();
  const inside = { line: position.line - document.line, character: position.character };
  const said = await service.hover(document, inside);
  const text = said && textOf(said);
  if (!text || !said.range) return undefined;
  return {
    text: `${text.trim()}\n\n*${plainText(document.origin)}*`,
    range: movedRange(said.range, document.line),
  };
}

/** The service says of a field that it does not know what it knows of the one around it. */
function isOnField({ cursor, document }: Place): boolean {
  const { token, part, path } = cursor;
  const word = cursor.text.slice(token.start, token.end);
  if (word === '') return false;
  const steps = part === 'value' || token.place === 'alone' ? path : [...path, word];
  return document?.type === undefined || typeAt(document.type, steps) !== undefined;
}

function typeAt(root: FieldType, path: Readonly<Pointer>): FieldType | undefined {
  let type: FieldType | undefined = root;
  for (const step of path) {
    if (type === undefined || type.kind === 'any') return undefined;
    type = typeof step === 'number' ? type.element : (type.fields?.get(step) ?? type.element);
  }
  return type;
}

function textOf({ contents }: Hover): string {
  return MarkupContent.is(contents) ? contents.value : '';
}
