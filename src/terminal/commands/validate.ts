import type { ValidateReport } from '../../core/actions/reports.ts';
import { validate as check } from '../../core/actions/validate.ts';
import { validateFiles } from '../../core/actions/validate-files.ts';
import { RuleCatalogue } from '../../core/validate/catalogue.ts';
import type { Workspace } from '../../core/workspace.ts';
import type { Invocation } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Format } from '../options.ts';
import { inRepository } from '../paths.ts';
import { github } from '../report/github.ts';
import { validateIssues } from '../report/issues.ts';
import { validateJson } from '../report/json.ts';
import { validateJunit } from '../report/junit.ts';
import { validateMarkdown } from '../report/markdown.ts';
import { sarif } from '../report/sarif.ts';
import { validateText, validateTotals } from '../report/validate-text.ts';
import { deliver, progress, type Terminal, textOptions, withWorkspace } from '../terminal.ts';
import { version } from '../version.ts';

type ValidateArguments = Extract<Invocation, { command: 'validate' }>;

/** `driftline validate`: 1 for findings of severity error; 2 where a server was to be asked and could not be. */
export async function validate(invocation: ValidateArguments, terminal: Terminal): Promise<number> {
  const started = performance.now();
  const validated = async (workspace: Workspace) => {
    const done = progress('Checking …', invocation, terminal);
    const paths = invocation.paths.map(path => inRepository(workspace.repository.root, path));
    const { signal } = terminal;
    const { server } = invocation;
    const checking = invocation.render
      ? workspace
          .choose(invocation.environments)
          .then(environments => check(workspace, { environments, server, paths, signal }))
      : validateFiles(workspace, { paths, signal });
    const { failures, ...found } = await checking.finally(done);
    const report = { ...found, elapsedMs: performance.now() - started };
    const lines = (file: string) => workspace.index.file(file)?.text.split(/\r?\n/);
    const text = formats[invocation.format](report, invocation, terminal, lines);
    await deliver(workspace.hidden(text), invocation, terminal);
    for (const sentence of failures) terminal.stderr.write(`driftline: ${sentence}\n`);
    if (failures.length > 0) return exitCodes.failed;
    if (report.findings.some(({ severity }) => severity === 'error')) return exitCodes.found;
    return report.notChecked.length > 0 && invocation.strict
      ? exitCodes.notChecked
      : exitCodes.clean;
  };
  return withWorkspace(invocation, terminal, validated, { judges: true });
}

type Lines = (file: string) => readonly string[] | undefined;
type Write = (
  report: ValidateReport,
  invocation: ValidateArguments,
  terminal: Terminal,
  lines: Lines,
) => string;

const formats: Record<Format, Write> = {
  text: (report, invocation, terminal, lines) =>
    validateText(report, { ...textOptions(invocation, terminal), lines }),
  json: validateJson,
  sarif: report => {
    const catalogue = new RuleCatalogue();
    return sarif(validateIssues(report), { version, page: id => catalogue.page(id) });
  },
  junit: validateJunit,
  github: report => github(validateIssues(report), validateTotals(report)),
  markdown: report => validateMarkdown(report),
};
