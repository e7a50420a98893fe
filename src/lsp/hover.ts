import { type Hover, MarkupKind } from 'vscode-languageserver';
import type { MarkedDifference } from '../core/live/state.ts';
import { resourceText } from '../core/model/resource.ts';
import { printable } from '../core/words/values.ts';
import type { Feature } from './feature.ts';
import { fieldText, othersText } from './field-text.ts';
import { type LineField, lineFields } from './line-fields.ts';
import { commandLink, plainText } from './markdown.ts';
import { differenceSentence } from './marker-text.ts';
import { commands, type OfApplication, type OfObject } from './protocol.ts';
import type { OpenFile, Session } from './session/session.ts';
import { type FieldHover, fieldHover } from './yaml/field-hover.ts';

/**
 * In a line what the field is, as the schema of the environments says; what each environment makes of a line, how, and
 * what runs there (look.md's table); then the rest of what the schema says.
 */
export const hover: Feature = {
  capabilities: () => ({ hoverProvider: true }),
  register(session) {
    session.connection.onHover(
      session.quietly('hover', async ({ textDocument, position }, signal) => {
        const open = session.openFile(textDocument.uri);
        if (!open) return null;
        const [drift, field] = await Promise.all([
          hoverText(open, position.line + 1, session),
          fieldHover(open, position, session),
        ]);
        if (signal.aborted || (drift === undefined && !field)) return null;
        const value = together(drift, field);
        // What is said of the line counts for all of it.
        const range =
          drift === undefined ? field?.range : open.document.getLineRange(position.line);
        return { contents: { kind: MarkupKind.Markdown, value }, range } satisfies Hover;
      }),
    );
  },
};

/** A hover shows its beginning: what the field is stands in the first line, and how it comes about may be long. */
function together(drift: string | undefined, field: FieldHover | undefined): string {
  if (field === undefined) return drift ?? '';
  if (drift === undefined) return `${field.lead}\n\n${field.rest}`;
  return [`${field.lead}\n\n${drift}`, field.rest].join('\n\n---\n\n');
}

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
  const fields = (await lineFields(open, line, differences)).sort(engineObjectsLast);
  const differing = fields.filter(isDiffering);
  // Where nothing differs one field stands for all: a line of a helper may decide a hundred.
  const told = differing.length > 0 ? differing.slice(0, mostFields) : fields.slice(0, 1);
  const parts = [
    ...whole.map(difference => wholeText(difference, session)),
    ...(whole.length > 0 && differing.length === 0
      ? []
      : told.map(field => fieldText(field, { open, line, session }))),
  ];
  const others = fields.filter(field => !told.includes(field));
  if (parts.length === 0) return undefined;
  if (differing.length > mostFields)
    parts.push(`${differing.length - mostFields} more fields of this line differ.`);
  else if (others.length > 0 && whole.length === 0) parts.push(othersText(others));
  return parts.join('\n\n---\n\n');
}

/** What a HelmRelease's values make says more than that the HelmRelease has them. */
function engineObjectsLast(a: LineField, b: LineField): number {
  const isOfEngine = ({ object: { group } }: LineField) =>
    /(^|\.)toolkit\.fluxcd\.io$|^argoproj\.io$/.test(group);
  return Number(isOfEngine(a)) - Number(isOfEngine(b));
}

function isDiffering({ environments }: LineField): boolean {
  return environments.some(({ difference }) => difference !== undefined);
}

function wholeText(difference: MarkedDifference, session: Session): string {
  const { object, environment, application } = difference;
  const said = plainText(differenceSentence(difference, new Date()));
  const title = `**${plainText(printable(resourceText(object)))}**: ${said}`;
  if (!session.client.ours) return title;
  const links = [
    commandLink('Compare', commands.compare, { environment, object } satisfies OfObject),
    commandLink('Restore by Sync…', commands.sync, {
      environment,
      application,
    } satisfies OfApplication),
  ];
  return `${title}\n\n${links.join(' · ')}`;
}
