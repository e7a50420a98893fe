import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type Diagnostic,
} from 'vscode-languageserver';
import type { MarkedDifference } from '../core/live/state.ts';
import { resourceKey } from '../core/model/resource.ts';
import { printable } from '../core/words/values.ts';
import { ignoreTitle, removeTitle, takeTitle } from './difference-titles.ts';
import type { Feature } from './feature.ts';
import { lineFields } from './line-fields.ts';
import { mendActions } from './mend-actions.ts';
import { commands, type OfApplication, type OfField, type OfObject } from './protocol.ts';
import type { OpenFile, Session } from './session/session.ts';
import { suppressActions } from './suppress-actions.ts';
import { type Mending, missingChart } from './to-diagnostic.ts';

/** What can be done about a line: mend a finding, take what runs, and with our editor compare and sync. */
export const codeActions: Feature = {
  capabilities: () => ({
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, checkKind] },
  }),
  register(session) {
    const { connection } = session;
    connection.onCodeAction(
      session.quietly('code actions', async params => {
        const open = session.openFile(params.textDocument.uri);
        if (!open) return [];
        const { only } = params.context;
        const isWanted = (kind: string) => !only || only.some(wanted => kind.startsWith(wanted));
        return [
          ...(isWanted(CodeActionKind.QuickFix) ? await actionsFor(open, params, session) : []),
          ...(isWanted(checkKind) ? checkActions(open, session) : []),
        ];
      }),
    );
  },
};

async function actionsFor(
  open: OpenFile,
  params: CodeActionParams,
  session: Session,
): Promise<CodeAction[]> {
  const { client, present } = session;
  const { range, context } = params;
  const marked = present
    .of(open, open.document)
    .filter(({ line }) => line - 1 >= range.start.line && line - 1 <= range.end.line)
    .flatMap(({ line, differences }) => differences.map(difference => ({ line, difference })));
  const of = await Promise.all(
    marked.map(each => differenceActions(open, { ...each, choices: marked.length })),
  );
  return [
    ...context.diagnostics.flatMap(diagnostic => [
      ...mend(open, diagnostic),
      ...mendActions(open, diagnostic, session),
    ]),
    ...of.flat(),
    ...context.diagnostics.flatMap(diagnostic => suppressActions(open, diagnostic)),
    ...(client.ours ? commandActions(marked.map(({ difference }) => difference)) : []),
    ...(client.ours ? fetchActions(context.diagnostics) : []),
  ];
}

/** Among the editor's source actions, since it is about the whole file. */
const checkKind = `${CodeActionKind.Source}.checkAgainstCluster`;

/** Asks the cluster of each environment that the file reaches what it says of it. */
function checkActions(
  { document, live, file }: OpenFile,
  { client, options }: Session,
): CodeAction[] {
  if (!client.ours || !options.trusted) return [];
  const reached = new Set(
    live.objects(file).flatMap(({ environments }) => environments.map(({ name }) => name)),
  );
  return [...reached].map(environment => {
    const title = `Check Against the Cluster of ${printable(environment)}`;
    const target = { environment, uri: document.uri };
    const command = { title, command: commands.checkServer, arguments: [target] };
    return { title, kind: checkKind, command };
  });
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

interface Marked {
  /** 1-based. */
  line: number;
  difference: MarkedDifference;
  /** How many differences there are to choose from. */
  choices: number;
}

/**
 * `Take 5 into this file`: where several environments differ from which, and which others will change by it; leave the
 * field out, or ignore it. All are commands of ours: they look at what comes of an edit before they make it.
 */
async function differenceActions(open: OpenFile, marked: Marked): Promise<CodeAction[]> {
  const { difference, choices } = marked;
  const { object, path, environment } = difference;
  if (!path) return [];
  const from = choices > 1 ? ` from ${printable(environment)}` : '';
  const others = await alsoReached(open, marked);
  const too = others.length > 0 ? `, which changes ${others.map(printable).join(' and ')} too` : '';
  const field = { environment, object, path: path.path };
  const taken = takeTitle(object, path);
  const removed = removeTitle(path);
  return [
    ...(taken === undefined
      ? []
      : [
          quickFix(taken.replace(/( (into|out of) this file)$/, `${from}$1`) + too, commands.take, {
            ...field,
            told: others,
          }),
        ]),
    ...(removed === undefined
      ? []
      : [quickFix(removed + from + too, commands.remove, { ...field, told: others })]),
    quickFix(
      ignoreTitle(object, path) + (choices > 1 ? ` in ${printable(environment)}` : ''),
      commands.ignore,
      field,
    ),
  ];
}

function quickFix(title: string, command: string, target: OfField): CodeAction {
  const kind = CodeActionKind.QuickFix;
  return { title, kind, command: { title, command, arguments: [target] } };
}

/** The other environments in which the line decides. */
async function alsoReached(open: OpenFile, { line, difference }: Marked): Promise<string[]> {
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
        title: `Restore by syncing ${printable(application)} in ${name}…`,
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
