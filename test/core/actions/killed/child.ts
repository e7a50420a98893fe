import { readFileSync } from 'node:fs';
import { commit } from '../../../../src/core/actions/commit.ts';
import type { ProposalPlan, RollbackPlan } from '../../../../src/core/actions/plans.ts';
import { propose } from '../../../../src/core/actions/propose/propose.ts';
import { rollback } from '../../../../src/core/actions/rollback/rollback.ts';
import { Workspace } from '../../../../src/core/workspace.ts';

/** What the test process tells this one to do, as JSON in the file that is its argument. */
export type Task =
  | { action: 'propose'; root: string; plan: ProposalPlan }
  | { action: 'rollback'; root: string; plan: RollbackPlan }
  | { action: 'commit'; root: string; paths: string[] };

const task = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Task;
const host = { log: () => {}, trusted: () => true, secret: () => undefined, forges: () => ({}) };
const workspace = await Workspace.open({ directory: task.root, offline: true, host });
if (task.action === 'propose') await propose(workspace, task.plan, {});
else if (task.action === 'rollback') await rollback(workspace, task.plan, {});
else await commit(workspace, { paths: task.paths, message: 'm', push: true });
await workspace.close();
