import type { CodeLens, Command } from 'vscode-languageserver';
import type { ObjectIn, ObjectSummary } from '../core/live/state.ts';
import { resourceKey } from '../core/model/resource.ts';
import { quantity, states, stateWords } from '../core/words/states.ts';
import { printable } from '../core/words/values.ts';
import { type BlockReach, blockReaches, reachText } from './block-reach.ts';
import type { Feature } from './feature.ts';
import { commands, type Lines, type OfObject } from './protocol.ts';
import type { RepositoryFile } from './session/repositories.ts';
import type { Session } from './session/session.ts';
import { UnsavedEffect } from './unsaved-effect.ts';

/** What the lens of an object needs to be resolved later. */
interface LensData {
  uri: string;
  /** `resourceKey` of the object. */
  object: string;
}

/**
 * Above each object how it stands in its environments; above each block of a file what it reaches in all of them.
 */
export const codeLens: Feature = {
  capabilities: () => ({ codeLensProvider: { resolveProvider: true } }),
  register(session) {
    const { connection, repositories } = session;
    const refresh = () => {
      if (session.client.refreshesLenses)
        session.guard('refreshing', () => connection.sendRequest('workspace/codeLens/refresh'));
    };
    const unsaved = new UnsavedEffect(session, refresh);
    connection.onCodeLens(
      session.quietly('code lens', ({ textDocument: { uri } }): CodeLens[] => {
        const found = repositories.of(uri);
        if (!found) return [];
        return [
          ...effectLenses(found, unsaved, session),
          ...objectLenses(found, uri),
          ...reachLenses(found, uri, session),
        ];
      }),
    );
    connection.onCodeLensResolve(async (lens, token) => {
      if (lens.command !== undefined) return lens;
      const resolve = session.quietly('code lens', (each: CodeLens) => resolved(session, each));
      return (await resolve(lens, token)) ?? lens;
    });
    session.onChangedSoon(refresh);
  },
};

/** At the top of a text that is not saved: what it changes in the environments, once that is known. */
function effectLenses(
  { repository, live, file }: RepositoryFile,
  unsaved: UnsavedEffect,
  { client }: Session,
): CodeLens[] {
  if (!live.editedFiles().includes(file)) return [];
  const lines = unsaved.linesOf(repository);
  if (lines === undefined) return [];
  const title =
    lines.length === 0 ? 'unsaved: changes no environment' : `unsaved: ${lines.join(' · ')}`;
  const command = client.ours && lines.length > 0 ? commands.preview : '';
  return [{ range: atStart(0), command: { title, command } }];
}

function objectLenses({ live, file }: RepositoryFile, uri: string): CodeLens[] {
  return live
    .objects(file)
    .filter(({ environments }) => environments.length > 0)
    .map(({ line, resource }) => ({
      range: atStart(line - 1),
      data: { uri, object: resourceKey(resource) } satisfies LensData,
    }));
}

function reachLenses(found: RepositoryFile, uri: string, session: Session): CodeLens[] {
  const { client, documents } = session;
  return blockReaches(found, documents.get(uri)?.getText()).map(block => ({
    range: atStart(block.line - 1),
    command: reachCommand(block, uri, client.ours),
  }));
}

/** Our editor peeks at what the block reaches. */
function reachCommand(block: BlockReach, uri: string, ours: boolean): Command {
  const title = reachText(block);
  if (!ours) return { title, command: '' };
  const lines: Lines = { uri, line: block.line - 1, endLine: block.endLine - 1 };
  return { title, command: commands.whereUsed, arguments: [lines] };
}

/** `production: 2 fields drifted · staging: in sync`. */
export function lensTitle({ environments }: ObjectSummary): string {
  return environments
    .map(({ name, state, fields }) => {
      const counted = state === 'drifted' && fields > 0;
      const what = counted ? `${quantity(fields, 'field')} drifted` : wordOf(state);
      return `${printable(name)}: ${what}`;
    })
    .join(' · ');
}

function wordOf(state: ObjectIn['state']): string {
  if (state === 'waiting') return 'not compared yet';
  if (state === 'blocked') return 'not compared';
  return stateWords[state];
}

function resolved(session: Session, lens: CodeLens): CodeLens {
  const { uri, object } = lens.data as LensData;
  const found = session.repositories.of(uri);
  const summary = found?.live
    .objects(found.file)
    .find(({ resource }) => resourceKey(resource) === object);
  return { ...lens, command: summary ? commandOf(summary, session) : { title: '', command: '' } };
}

/** Our editor compares when it is clicked: the environment in which the object fares worst. */
function commandOf(summary: ObjectSummary, { client }: Session): Command {
  const title = lensTitle(summary);
  const order: string[] = states;
  const [first] = [...summary.environments].sort(
    (a, b) => order.indexOf(a.state) - order.indexOf(b.state),
  );
  if (!client.ours || !first) return { title, command: '' };
  const target: OfObject = { environment: first.name, object: first.object };
  return { title, command: commands.compare, arguments: [target] };
}

function atStart(line: number) {
  return { start: { line, character: 0 }, end: { line, character: 0 } };
}
