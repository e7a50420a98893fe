import { Judge } from '../../src/core/upstream/judge.ts';
import type { ControlPlane } from '../../test/servers/start.ts';
import { caseFileText, type Failed, failedText } from './case-text.ts';
import { fuzz } from './run.ts';
import { Server } from './server.ts';
import { findSubjects, makeNamespaces } from './subjects.ts';
import { broken, Tally, tableText } from './tally.ts';

export interface SessionOptions {
  pairs: number;
  seed: number;
  /** Beginnings of the kinds to take; all when absent. */
  kinds?: readonly string[];
  /** Each as often as it stands here. */
  modes?: readonly string[];
  /** Only the live object with this number. */
  only?: number;
  /** Hears how far it is. */
  log?(line: string): void;
}

export interface Outcome {
  tally: Tally;
  failed: Failed[];
  /** The table, what could not be asked, and the failed pairs. */
  report: string;
  /** The failed pairs as a case file. */
  cases: string;
  /** Targets that were missed; empty when all is right. */
  misses: string[];
}

const usualModes = ['ssa', 'ssa', 'ssa', 'flux', 'flux', 'csa', 'csa', 'csa3'];

/** Fuzzes the comparison on a control plane that nobody else uses and that has no controllers. */
export async function fuzzSession(plane: ControlPlane, options: SessionOptions): Promise<Outcome> {
  const { pairs, seed, kinds, modes = usualModes, only, log } = options;
  const server = new Server(plane);
  const judge = new Judge();
  try {
    const customCount = Math.min(Math.max(Math.ceil(pairs / 50), 20), 60);
    const subjects = await findSubjects(server, { seed, customCount, only: kinds });
    await makeNamespaces(server, subjects.all);
    const tally = new Tally();
    const session = { plane, server, judge, subjects, pairs, seed, modes, only, log };
    const failed = await fuzz(session, tally);
    return {
      tally,
      failed,
      report: reportOf(tally, failed, server.requests),
      cases: caseFileText(failed, subjects),
      misses: broken(tally.row('all')),
    };
  } finally {
    server.close();
    await judge.close();
  }
}

function reportOf(tally: Tally, failed: readonly Failed[], requests: number): string {
  const reasons = [...tally.reasons].map(([reason, count]) => `no word: ${count} (${reason})`);
  const lines = failed.map(failedText);
  return [tableText(tally), ...reasons, ...lines, `${requests} requests`].join('\n');
}
