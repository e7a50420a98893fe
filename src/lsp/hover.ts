import { type Hover, MarkupKind } from 'vscode-languageserver';
import type { MarkedDifference } from '../core/live/state.ts';
import { resourceText } from '../core/model/resource.ts';
import { placeText } from '../core/model/source.ts';
import { ownersText, remarks } from '../core/words/change.ts';
import { table } from '../core/words/markdown.ts';
import { shortPath } from '../core/words/short-path.ts';
import { isSecret, masked, maskPath, printable, valueText } from '../core/words/values.ts';
import type { Feature } from './feature.ts';
import { type FieldIn, type LineField, lineFields } from './line-fields.ts';
import { codeSpan, commandLink, plainText } from './markdown.ts';
import { differenceSentence } from './marker-text.ts';
import { commands, type OfApplication, type OfObject, type TakeValue } from './protocol.ts';
import type { OpenFile, Session } from './session/session.ts';
import { takeValue } from './take.ts';

/** What each environment makes of a line, and what runs there: look.md's table. */
export const hover: Feature = {
  capabilities: () => ({ hoverProvider: true }),
  register(session) {
    session.connection.onHover(
      session.quietly('hover', async ({ textDocument, position }, signal) => {
        const open = session.openFile(textDocument.uri);
        const text = open && (await hoverText(open, position.line + 1, session));
        if (!open || !text || signal.aborted) return null;
        const range = open.document.getLineRange(position.line);
        return { contents: { kind: MarkupKind.Markdown, value: text }, range } satisfies Hover;
      }),
    );
  },
};

/** Of a line that decides more fields than anybody reads, the rest is only counted. */
const mostFields = 3;

async function hoverText(
  open: OpenFile,
  line: number,
  session: Session,
): Promise<string | undefined> {
  const marker = session.present.of(open, open.document).find(each => each.line === line);
  const differences = marker?.differences ?? [];
  const whole = differences.filter(({ path }) => path === undefined);
  const fields = await lineFields(open, line, differences);
  const differing = fields.filter(isDiffering);
  const parts = [
    ...whole.map(difference => wholeText(difference, session)),
    ...differing.slice(0, mostFields).map(field => fieldText(field, { open, line, session })),
  ];
  if (differing.length > mostFields)
    parts.push(`${differing.length - mostFields} more fields of this line differ.`);
  if (parts.length === 0) return reachText(fields);
  return parts.join('\n\n---\n\n');
}

function isDiffering({ environments }: LineField): boolean {
  return environments.some(({ difference }) => difference !== undefined);
}

/** `Decides spec.replicas of Deployment shop/web in production and staging.` */
function reachText(fields: readonly LineField[]): string | undefined {
  const [first] = fields;
  if (!first) return undefined;
  const names = [...new Set(fields.flatMap(({ reached }) => reached))].map(
    name => `**${plainText(printable(name))}**`,
  );
  const rest = fields.length > 1 ? ` and ${fields.length - 1} more` : '';
  const field = `${codeSpan(shortPath(first.path))} of ${plainText(printable(resourceText(first.object)))}`;
  return `Decides ${field}${rest} in ${listed(names)}.`;
}

function wholeText(difference: MarkedDifference, session: Session): string {
  const { object, environment, application } = difference;
  const said = plainText(differenceSentence(difference, new Date()));
  const title = `**${plainText(printable(resourceText(object)))}**: ${said}`;
  if (!session.client.ours) return title;
  const links = [
    commandLink('Compare', commands.compare, { environment, object } satisfies OfObject),
    commandLink('Sync…', commands.sync, { environment, application } satisfies OfApplication),
  ];
  return `${title}\n\n${links.join(' · ')}`;
}

interface At {
  open: OpenFile;
  line: number;
  session: Session;
}

function fieldText(field: LineField, at: At): string {
  const { object, path, environments } = field;
  const title = `**${codeSpan(shortPath(path))}** of ${plainText(object.kind)} ${codeSpan(nameOf(object))}`;
  const row = (name: string, cell: (each: FieldIn) => string) => [name, ...environments.map(cell)];
  const rows = [
    row('repository', each => repositoryCell(field, each, at)),
    row('running', each => runningCell(field, each)),
    row('changed by', ({ difference }) => changedBy(field, difference)),
  ];
  const head = ['', ...environments.map(({ name }) => plainText(printable(name)))];
  const links = at.session.client.ours ? [linksOf(field, at)] : [];
  return [title, table(head, rows), ...links].join('\n\n');
}

function nameOf({ namespace, name }: LineField['object']): string {
  return printable(namespace === '' ? name : `${namespace}/${name}`);
}

/** `3 (this line)`, `2 (overlays/staging/replicas.yaml:7)`. */
function repositoryCell(
  { object, path }: LineField,
  { rendered, difference }: FieldIn,
  { open, line }: At,
): string {
  if (!rendered) return difference?.kind === 'stale' ? 'nothing' : '–';
  const value = isSecret(object, path) ? masked : short(valueText(rendered.value));
  const here = rendered.place.file === open.file && rendered.place.line === line;
  const where = here ? 'this line' : plainText(placeText(rendered.place));
  return `${codeSpan(value)} (${where})`;
}

function runningCell(
  { object, path }: LineField,
  { rendered, difference, compared }: FieldIn,
): string {
  if (!compared) return 'not checked';
  if (difference) {
    const { live } = maskPath(object, difference);
    return live === undefined ? '**not set**' : `**${codeSpan(short(valueText(live)))}**`;
  }
  if (!rendered) return '–';
  return codeSpan(isSecret(object, path) ? masked : short(valueText(rendered.value)));
}

function changedBy({ object }: LineField, difference: FieldIn['difference']): string {
  if (!difference) return '–';
  const about = [ownersText(difference.by, new Date()), ...remarks(difference, object)];
  return plainText(about.filter(part => part !== '').join(' · ')) || '–';
}

/** `Compare · Take 5 into this file · Sync…`, for the first environment that differs. */
function linksOf({ object, environments }: LineField, { open, line }: At): string {
  const found = environments.find(({ difference }) => difference !== undefined);
  if (!found?.difference) return '';
  const { name: environment, application, difference } = found;
  const target: OfObject = { environment, object };
  const { uri } = open.document;
  const takeable = takeValue(open.document.getText(), line, object, difference);
  const taken: TakeValue = { ...target, uri, line: line - 1, path: difference.path };
  return [
    commandLink('Compare', commands.compare, target),
    ...(takeable
      ? [commandLink(`Take ${short(takeable.newText)} into this file`, commands.take, taken)]
      : []),
    commandLink('Sync…', commands.sync, { environment, application } satisfies OfApplication),
  ].join(' · ');
}

/** `a`, `a and b`, `a, b and c`. */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** One line of a table has room for so much. */
function short(text: string): string {
  const shown = printable(text);
  return shown.length <= 120 ? shown : `${shown.slice(0, 119)}…`;
}
