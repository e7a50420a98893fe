import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type Diagnostic,
} from 'vscode-languageserver';
import type { MarkedDifference } from '../core/live/state.ts';
import { resourceKey } from '../core/model/resource.ts';
import { printable, valueText } from '../core/words/values.ts';
import type { Feature } from './feature.ts';
import { lineFields } from './line-fields.ts';
import { commands, type OfApplication, type OfObject, type TakeValue } from './protocol.ts';
import type { OpenFile, Session } from './session/session.ts';
import { takeValue } from './take.ts';
import { type Mending, missingChart } from './to-diagnostic.ts';

/** What can be done about a line: mend a finding, take what runs, and with our editor compare and sync. */
export const codeActions: Feature = {
  capabilities: ({ ours }) => ({
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
    ...(ours && { executeCommandProvider: { commands: [commands.take] } }),
  }),
  register(session) {
    const { connection } = session;
    connection.onCodeAction(
      session.quietly('code actions', async params => {
        const open = session.openFile(params.textDocument.uri);
        const wanted = params.context.only?.some(kind => CodeActionKind.QuickFix.startsWith(kind));
        return open && wanted !== false ? actionsFor(open, params, session) : [];
      }),
    );
    connection.onExecuteCommand(async ({ command, arguments: [target] = [] }, token) => {
      const run = session.quietly('taking a value', () => take(session, target as TakeValue));
      if (command === commands.take) await run(undefined, token);
    });
  },
};

async function actionsFor(
  open: OpenFile,
  params: CodeActionParams,
  { client, present }: Session,
): Promise<CodeAction[]> {
  const { range, context } = params;
  const marked = present
    .of(open, open.document)
    .filter(({ line }) => line - 1 >= range.start.line && line - 1 <= range.end.line)
    .flatMap(({ line, differences }) => differences.map(difference => ({ line, difference })));
  const taken = await Promise.all(
    marked.map(each => takeAction(open, { ...each, choices: marked.length })),
  );
  return [
    ...context.diagnostics.flatMap(diagnostic => mend(open, diagnostic)),
    ...taken.flat(),
    ...(client.ours ? commandActions(marked.map(({ difference }) => difference)) : []),
    ...(client.ours ? fetchActions(context.diagnostics) : []),
  ];
}

/** Asks which of the charts that are missing shall be fetched. */
function fetchActions(diagnostics: readonly Diagnostic[]): CodeAction[] {
  const waiting = diagnostics.filter(
    ({ code, source }) => source === 'driftline' && code === missingChart,
  );
  if (waiting.length === 0) return [];
  const title = 'Fetch charts…';
  const command = { title, command: commands.fetch };
  return [{ title, kind: CodeActionKind.QuickFix, diagnostics: waiting, command }];
}

/** Writes the name that was meant; only while the text still says what was found. */
function mend({ document }: OpenFile, diagnostic: Diagnostic): CodeAction[] {
  const { replacement, instead } = (diagnostic.data ?? {}) as Partial<Mending>;
  const { range, source } = diagnostic;
  const present = document.getText(range);
  if (source !== 'driftline' || replacement === undefined || present !== instead) return [];
  const quote = /^(["']).*\1$/s.exec(present)?.[1] ?? '';
  const edit = { range, newText: quote + replacement + quote };
  return [
    {
      title: `Replace ${printable(present)} by ${printable(edit.newText)}`,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      isPreferred: true,
      edit: { changes: { [document.uri]: [edit] } },
    },
  ];
}

interface Takeable {
  /** 1-based. */
  line: number;
  difference: MarkedDifference;
  /** How many differences there are to choose from. */
  choices: number;
}

/** `Take 5 into this file`: where several environments differ from which, and which others will change by it. */
async function takeAction(open: OpenFile, takeable: Takeable): Promise<CodeAction[]> {
  const { line, difference, choices } = takeable;
  const { object, path, environment } = difference;
  const { document } = open;
  const splice = path && takeValue(document.getText(), line, object, path);
  if (!splice || path.live === undefined) return [];
  const from = choices > 1 ? ` from ${printable(environment)}` : '';
  const others = await alsoReached(open, takeable);
  const too = others.length > 0 ? `, which changes ${others.map(printable).join(' and ')} too` : '';
  const edit = {
    range: { start: document.positionAt(splice.start), end: document.positionAt(splice.end) },
    newText: splice.newText,
  };
  return [
    {
      title: `Take ${printable(valueText(path.live))}${from} into this file${too}`,
      kind: CodeActionKind.QuickFix,
      edit: { changes: { [document.uri]: [edit] } },
    },
  ];
}

/** The other environments in which the line decides. */
async function alsoReached(open: OpenFile, { line, difference }: Takeable): Promise<string[]> {
  const fields = await lineFields(open, line, [difference]);
  const reached = new Set(fields.flatMap(field => field.reached));
  return [...reached].filter(name => name !== difference.environment);
}

function commandActions(differences: readonly MarkedDifference[]): CodeAction[] {
  const titled = new Map<string, CodeAction>();
  for (const { environment, application, object } of differences) {
    const compared: OfObject = { environment, object };
    const synced: OfApplication = { environment, application };
    const name = printable(environment);
    const entries = [
      { title: `Compare with live in ${name}`, command: commands.compare, target: compared },
      {
        title: `Sync ${printable(application)} in ${name}…`,
        command: commands.sync,
        target: synced,
      },
    ];
    for (const { title, command, target } of entries)
      titled.set(`${title} ${command === commands.compare ? resourceKey(object) : ''}`, {
        title,
        kind: CodeActionKind.QuickFix,
        command: { title, command, arguments: [target] },
      });
  }
  return [...titled.values()];
}

/** Does what a hover's link says; a person is told where it is no longer possible. */
async function take(session: Session, { uri, line, path, environment, object }: TakeValue) {
  const open = session.openFile(uri);
  const markers = open ? session.present.of(open, open.document) : [];
  const difference = markers
    .find(marker => marker.line === line + 1)
    ?.differences.find(
      each =>
        each.environment === environment &&
        each.path?.path === path &&
        resourceKey(each.object) === resourceKey(object),
    );
  const takeable = difference && { line: line + 1, difference, choices: 1 };
  const [action] = open && takeable ? await takeAction(open, takeable) : [];
  if (!action?.edit) {
    const sentence = 'This line changed meanwhile, so nothing was taken into it.';
    session.connection.window.showWarningMessage(sentence);
    return;
  }
  await session.connection.workspace.applyEdit({ label: action.title, edit: action.edit });
}
