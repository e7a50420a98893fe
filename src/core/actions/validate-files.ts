import { readConfig } from '../environments/config/config.ts';
import { newestVersion } from '../schemas/schemas.ts';
import { RuleCatalogue } from '../validate/catalogue.ts';
import { settle } from '../validate/suppress/settle.ts';
import { validateRepository } from '../validate/validate.ts';
import type { Workspace } from '../workspace.ts';
import { onlyServerTells } from './completeness.ts';
import type { ValidateReport } from './reports.ts';
import { limited, type ValidateOptions } from './validate.ts';

/**
 * Checks every file as it stands, and renders nothing: the fast answer of a commit hook. What overlays and charts make
 * of the files is *not checked*.
 */
export async function validateFiles(
  workspace: Workspace,
  { paths, signal, target = newestVersion() }: Omit<ValidateOptions, 'environments'>,
): Promise<Omit<ValidateReport, 'elapsedMs'> & { failures: string[] }> {
  const { index, repository, remotes, judge } = workspace;
  const { problems, validation } = readConfig(index);
  const { findings, notChecked, checked } = await validateRepository({
    ...{ index, repository, remotes, judge, target, signal },
    rendered: [],
    levels: validation.levels,
  });
  const unread = index.unread.map(({ file, reason }) => ({
    reason,
    place: { file, line: 1, column: 1 },
  }));
  const settled = settle({
    findings: [...problems, ...findings],
    ...{ index, policy: validation, catalogue: new RuleCatalogue() },
    isUnasked: rule => onlyServerTells.has(rule),
    isComplete: () => false,
  });
  const reason = 'nothing was rendered, so that what overlays and charts make of the files is open';
  const report = { ...settled, checked, notChecked: [...notChecked, ...unread, { reason }] };
  return { ...limited(paths, report), failures: [] };
}
