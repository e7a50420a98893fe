import { drift as compare } from '../../core/actions/drift.ts';
import type { DriftReport, EnvironmentDrift } from '../../core/actions/reports.ts';
import type { CauseKind } from '../../core/model/drift.ts';
import { withinCauses } from '../../core/words/causes.ts';
import type { Workspace } from '../../core/workspace.ts';
import type { Invocation } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Format } from '../options.ts';
import { driftText } from '../report/drift-text.ts';
import { github } from '../report/github.ts';
import { driftIssues } from '../report/issues.ts';
import { driftJson } from '../report/json.ts';
import { driftJunit } from '../report/junit.ts';
import { driftMarkdown } from '../report/markdown.ts';
import { sarif } from '../report/sarif.ts';
import { driftOutcome, driftTotals } from '../report/states.ts';
import { deliver, progress, type Terminal, textOptions, withWorkspace } from '../terminal.ts';
import { version } from '../version.ts';

type DriftArguments = Extract<Invocation, { command: 'drift' }>;

/** `driftline drift`: 1 for drift, 2 when a chosen cluster or snapshot could not be asked at all. */
export async function drift(invocation: DriftArguments, terminal: Terminal): Promise<number> {
  const started = performance.now();
  const compared = async (workspace: Workspace) => {
    const done = progress('Comparing …', invocation, terminal);
    const found = await compare(workspace, {
      environments: await workspace.choose(invocation.environments),
      // JUnit lists every object as a test case.
      placeAll: invocation.all || invocation.format === 'junit',
      verify: invocation.verify,
      local: invocation.local,
      signal: terminal.signal,
    }).finally(done);
    const elapsedMs = performance.now() - started;
    const { causes } = invocation;
    const report = { ...found, environments: found.environments.map(ofCauses(causes)), elapsedMs };
    const text = formats[invocation.format](report, invocation, terminal);
    await deliver(workspace.hidden(text), invocation, terminal);
    for (const sentence of found.failures)
      terminal.stderr.write(`driftline: ${workspace.hidden(sentence)}\n`);
    if (found.failures.length > 0) return exitCodes.failed;
    const outcome = driftOutcome(report);
    if (outcome === 'drift') return exitCodes.found;
    return outcome === 'not-checked' && invocation.strict ? exitCodes.notChecked : exitCodes.clean;
  };
  return withWorkspace(invocation, terminal, compared, { compares: invocation.environments });
}

/** Of what differs only that which does for one of these reasons; without any, everything. */
function ofCauses(causes: readonly CauseKind[]): (found: EnvironmentDrift) => EnvironmentDrift {
  return found =>
    causes.length === 0
      ? found
      : { ...found, results: found.results.flatMap(result => withinCauses(result, causes) ?? []) };
}

type Write = (report: DriftReport, invocation: DriftArguments, terminal: Terminal) => string;

const formats: Record<Format, Write> = {
  text: (report, invocation, terminal) =>
    driftText(report, { ...textOptions(invocation, terminal), all: invocation.all }),
  json: (report, { all }) => driftJson(report, { all }),
  sarif: report => sarif(driftIssues(report), { version }),
  junit: driftJunit,
  github: report => github(driftIssues(report), driftTotals(report)),
  markdown: report => driftMarkdown(report),
};
