import {
  type CompletionItem,
  CompletionItemKind,
  InsertTextFormat,
  type Range,
  type TextEdit,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Cursor } from '../../core/names/cursor.ts';
import type { Suggestion } from '../../core/names/suggestion.ts';

const kinds: Record<Suggestion['kind'], CompletionItemKind> = {
  object: CompletionItemKind.Reference,
  key: CompletionItemKind.Field,
  port: CompletionItemKind.Unit,
  image: CompletionItemKind.Constant,
  label: CompletionItemKind.Keyword,
  namespace: CompletionItemKind.Module,
  variable: CompletionItemKind.Variable,
  text: CompletionItemKind.Text,
  file: CompletionItemKind.File,
  folder: CompletionItemKind.Folder,
  document: CompletionItemKind.Class,
  value: CompletionItemKind.EnumMember,
};

export interface ItemPlace {
  document: TextDocument;
  offset: number;
  /** Undefined in a template, which is no YAML. */
  cursor: Cursor | undefined;
  /** The client knows snippets. */
  snippets: boolean;
}

/** Our own names come before what a schema says. */
export function itemOf(suggestion: Suggestion, place: ItemPlace): CompletionItem {
  const { label, detail, kind, rank } = suggestion;
  const isSnippet = suggestion.isSnippet === true && place.snippets;
  const text = suggestion.insert ?? written(suggestion, place.cursor);
  const newText = suggestion.isSnippet && !isSnippet ? plainOf(text) : text;
  return {
    ...{ label, detail, kind: kinds[kind] },
    sortText: `${kind === 'document' ? 1 : 0}${rank}${label}`,
    insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: { range: rangeOf(suggestion, place), newText },
  };
}

/** As YAML reads it back: a key with its colon, in quotes what would not be text without them. */
function written({ label, kind, isKey }: Suggestion, cursor: Cursor | undefined): string {
  if (!cursor) return label;
  const { quote, place } = cursor.token;
  const isBare = quote === '' && kind !== 'port' && kind !== 'variable' && !readsAsText(label);
  const text = isBare ? JSON.stringify(label) : label;
  return isKey && place !== 'key' && quote === '' ? `${text}: ` : text;
}

function readsAsText(text: string): boolean {
  if (/^(?:true|false|yes|no|on|off|y|n|null|~)$/i.test(text)) return false;
  if (/^[-+.]?\d[\d_.]*(?:e[-+]?\d+)?$|^0[xo]/i.test(text)) return false;
  return !/^[-?:,[\]{}#&*!|>'"%@`\s]|:\s|\s#|:$/.test(text);
}

function rangeOf({ from }: Suggestion, { document, offset, cursor }: ItemPlace): Range {
  const start = cursor ? cursor.start + (from ?? cursor.token.start) : (from ?? offset);
  const end = cursor ? Math.max(cursor.start + cursor.token.end, offset) : offset;
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

/** Items of the schema's service, at their place in the file. */
export function schemaItems(
  items: readonly CompletionItem[],
  { line, snippets, isPatch }: { line: number; snippets: boolean; isPatch: boolean },
): CompletionItem[] {
  return items.flatMap(item => {
    const tidy = tidied(item, isPatch);
    if (!tidy) return [];
    const { textEdit } = tidy;
    const newText = textEdit?.newText ?? tidy.insertText ?? tidy.label;
    const range = textEdit && 'range' in textEdit ? movedRange(textEdit.range, line) : undefined;
    const format = snippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText;
    const text = snippets ? newText : plainOf(newText);
    const edit: { textEdit: TextEdit } | { insertText: string } = range
      ? { textEdit: { range, newText: text } }
      : { insertText: text };
    return [
      {
        ...{ label: tidy.label, kind: tidy.kind, documentation: tidy.documentation },
        ...{
          detail: tidy.detail,
          filterText: tidy.label,
          sortText: `5${tidy.sortText ?? tidy.label}`,
        },
        ...{ insertTextFormat: format, ...edit },
      },
    ];
  });
}

/** The service writes zeros and empty quotes where a value has to be typed, and names skeletons by their type. */
function tidied(item: CompletionItem, isPatch: boolean): CompletionItem | undefined {
  const whole = item.textEdit?.newText ?? item.insertText ?? item.label;
  const isSkeleton = item.kind === CompletionItemKind.Class;
  if (isSkeleton && (isPatch || !whole.includes('\n'))) return undefined;
  if (item.label === '' || item.label === '""') return undefined;
  const newText = whole
    .replace(/\$\{(\d+):(?:0|""|\\"\\"|false)?\}/g, (_, number: string) => `$${number}`)
    .replace(/: ""$/gm, ': ');
  const edited = item.textEdit
    ? { textEdit: { ...item.textEdit, newText } }
    : { insertText: newText };
  const label = isSkeleton
    ? 'required fields'
    : item.label.replace(/^- \(array item\).*/, '- new item');
  return { ...item, ...edited, label };
}

export function movedRange({ start, end }: Range, line: number): Range {
  return {
    start: { line: start.line + line, character: start.character },
    end: { line: end.line + line, character: end.character },
  };
}

/** What stays of a snippet where nobody fills it in. */
export function plainOf(snippet: string): string {
  return snippet
    .replace(/\$\{\d+\|([^,|]*)[^}]*\|\}/g, '$1')
    .replace(/\$\{\d+:((?:[^}\\]|\\.)*)\}/g, '$1')
    .replace(/\$\d+/g, '')
    .replace(/\\([\\$}])/g, '$1');
}
