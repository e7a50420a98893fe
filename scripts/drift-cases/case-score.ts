import { equal } from '../../src/core/drift/values.ts';
import type { DriftPath, DriftResult } from '../../src/core/model/drift.ts';
import type { DriftCase, ExpectedPath } from './case-file.ts';
import { unknownKeys } from './case-keys.ts';
import type { CaseAnswer } from './case-run.ts';
import { says } from './case-words.ts';

export interface Score {
  /** One line for each wrong thing of a case; empty when all is right. */
  faults: string[];
  stateRight: boolean;
  /** Ours says `synced`, the case says `drifted`. */
  falseGreen: boolean;
  pathsRight: boolean;
}

/** Compares the answer to a case with what its file expects. */
export function scoreCase({ test, local, final }: CaseAnswer): Score {
  const { expect } = test;
  const stateRight = final.state === expect.state;
  const paths = [
    ...pathFaults(expect.paths, final),
    ...(expect.localPaths && local.state === expect.local
      ? pathFaults(expect.localPaths, local)
      : []),
  ];
  const faults = [
    ...unknownKeys(test).asked.map(key => `${key} is not understood here`),
    ...(stateRight ? [] : [`state is ${final.state}, not ${expect.state}${why(final)}`]),
    ...localFaults(test, local),
    ...paths,
    ...(expect.recreate === true && final.recreate !== true ? ['recreate is not said'] : []),
    ...(expect.applyRejected && !final.reason ? ['the refusal is not said'] : []),
    ...(expect.equivalent !== undefined && (final.equivalent ?? false) !== expect.equivalent
      ? [`equivalent is ${final.equivalent ?? false}`]
      : []),
    ...confirmedFaults(test, final),
    ...extraFaults(test, final),
    ...wordFaults(test, final),
  ];
  return {
    faults,
    stateRight,
    falseGreen:
      expect.state === 'drifted' && [local, final].some(({ state }) => state === 'synced'),
    pathsRight: paths.length === 0,
  };
}

function why({ reason }: DriftResult): string {
  return reason === undefined ? '' : ` (${reason})`;
}

/** A definite answer that equals the final one is as good as the one expected of the offline step. */
function localFaults({ expect }: DriftCase, local: DriftResult): string[] {
  if (expect.local === undefined) return [];
  const right =
    local.state === expect.local ||
    (local.state === expect.state && !(local.state === 'synced' && expect.local === 'drifted'));
  return right ? [] : [`local state is ${local.state}, not ${expect.local}${why(local)}`];
}

function confirmedFaults({ expect }: DriftCase, final: DriftResult): string[] {
  if (expect.confirmed === undefined) return [];
  const confirmed = final.confirmed === 'dry-run';
  return confirmed === expect.confirmed ? [] : [`confirmed is ${final.confirmed}`];
}

/** What others added must be told, neither more nor less. */
function extraFaults({ expect }: DriftCase, { extra }: DriftResult): string[] {
  const text = (path: string, owner: string, operation: string, subresource = '') =>
    [path, owner, operation, subresource].join(' ').trim();
  const wanted = (expect.extra ?? []).map(each =>
    text(each.path, each.by, each.operation, each.subresource),
  );
  const found = extra.map(({ path, by }) => text(path, by.manager, by.operation, by.subresource));
  return [
    ...wanted.filter(each => !found.includes(each)).map(each => `no extra ${each}`),
    ...found.filter(each => !wanted.includes(each)).map(each => `unexpected extra ${each}`),
  ];
}

/** What a person must be told in words. */
function wordFaults({ expect }: DriftCase, result: DriftResult): string[] {
  const sentences = [result.reason ?? '', ...result.notes];
  const unsaid = [expect.reason, expect.hint, expect.warning].filter(
    code => code !== undefined && !says(code, sentences),
  );
  const blocked = result.kept === true || result.state === 'orphan';
  const suggested = result.paths.map(({ suggests }) => suggests?.preset as string | undefined);
  return [
    ...unsaid.map(code => `it does not say ${code}`),
    ...(expect.pruneBlocked !== undefined && !blocked ? ['it is not said to be kept'] : []),
    ...(expect.suggests !== undefined && !suggested.includes(expect.suggests)
      ? [`no path suggests ${expect.suggests}`]
      : []),
  ];
}

/** Every expected path must be there, and no other one that is not marked as a consequence. */
function pathFaults(expected: readonly ExpectedPath[], { paths }: DriftResult): string[] {
  const wanted = expected.filter(({ path }) => path !== undefined);
  const missing = wanted.filter(want => !paths.some(path => matches(path, want)));
  const more = paths.filter(path => !path.consequence && !wanted.some(want => matches(path, want)));
  return [
    ...missing.map(want => `no path ${want.path} ${want.kind}${ownersText(want)}`),
    ...more.map(path => `unexpected path ${path.path} ${path.kind}`),
  ];
}

function matches(path: DriftPath, want: ExpectedPath): boolean {
  return (
    path.path === want.path &&
    path.kind === want.kind &&
    (want.becomes === undefined || equal(path.becomes, want.becomes)) &&
    (want.by ?? []).every(owner =>
      path.by.some(
        by =>
          by.manager === owner.manager &&
          by.operation === owner.operation &&
          by.subresource === owner.subresource,
      ),
    )
  );
}

function ownersText({ by }: ExpectedPath): string {
  return by === undefined ? '' : ` by ${by.map(({ manager }) => manager).join(', ')}`;
}
