import { RuleCatalogue } from '../../validate/catalogue.ts';
import { settle } from '../../validate/suppress/settle.ts';
import type { Workspace } from '../../workspace.ts';
import { checkOnServer, type ServerCheck, type ServerCheckOptions } from './server-check.ts';

/** The server's word alone, as a person wants it: without what comments and driftline.yaml leave out. */
export async function serverSays(
  workspace: Workspace,
  options: ServerCheckOptions,
): Promise<ServerCheck> {
  const check = await checkOnServer(workspace, options);
  const { validation } = await workspace.discovery();
  const { findings } = settle({
    findings: check.findings,
    index: workspace.index,
    policy: { ...validation, file: undefined },
    catalogue: new RuleCatalogue(),
    isUnasked: () => true,
    isComplete: () => false,
  });
  const own = new Set(['bad-suppression']);
  return { ...check, findings: findings.filter(({ rule }) => !own.has(rule)) };
}
