import { type Hover, MarkupContent, type Position, type Range } from 'vscode-languageserver';
import type { Pointer } from '../../core/model/path.ts';
import type { FieldType } from '../../core/schemas/type.ts';
import { plainText } from '../markdown.ts';
import type { OpenFile, Session } from '../session/session.ts';
import { movedRange } from './items.ts';
import { type Place, placeAt } from './place.ts';
import { schemasAreWanted } from './wanted.ts';
import { yamlLanguage } from './yaml-language.ts';

/** Markdown of what a field is. */
export interface FieldHover {
  /** Its type and the first sentence of what its API says: a line to put before what else there is to say. */
  lead: string;
  /** What the lead leaves out, and whose word it is. */
  rest: string;
  range: Range;
}

/** What the field at a place is: its type, what its API says of it, and whose word that is. */
export async function fieldHover(
  open: OpenFile,
  position: Position,
  session: Session,
): Promise<FieldHover | undefined> {
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
  const { lead, rest } = leadOf(text.trim());
  return {
    lead,
    rest: [...rest, `*${plainText(document.origin)}*`].join('\n\n'),
    range: movedRange(said.range, document.line),
  };
}

/** Longer sentences are no lead. */
const longestSentence = 200;

/** The service writes the type into a paragraph of its own, and then what the schema says. */
function leadOf(text: string): { lead: string; rest: string[] } {
  const [type = '', description = '', ...more] = text.split(/\n{2,}/);
  const said = description.replace(/\s+/g, ' ').trim();
  const sentence = /^\S.*?[.!?](?= [\p{Lu}"'`(]|$)/u.exec(said)?.[0] ?? said;
  const isSentence = /^[\p{L}\p{N}]/u.test(sentence) && sentence.length <= longestSentence;
  if (!type.startsWith('`') || !isSentence)
    return { lead: type, rest: [description, ...more].filter(part => part !== '') };
  const after = said.slice(sentence.length).trim();
  return { lead: `${type} · ${sentence}`, rest: [after, ...more].filter(part => part !== '') };
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
