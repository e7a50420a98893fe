import type { SyncOutcome, SyncPlan } from '../../core/actions/plans.ts';
import { notCheckedJson, objectJson, pathJson, write } from './json.ts';

/** The JSON of `driftline sync`, `suspend` and `resume`; without an outcome nothing was asked for. */
export function syncJson(plan: SyncPlan, outcome: SyncOutcome | undefined): string {
  const { verb, environment, cluster, changes, unchanged, notChecked } = plan;
  return write({
    version: 1,
    command: verb,
    dryRun: outcome === undefined,
    environment,
    protected: plan.protected,
    cluster,
    applications: plan.applications.map(application => {
      const done = outcome?.applications.find(({ name }) => name === application.name);
      return {
        ...application,
        outcome: done?.kind,
        message: done?.message,
        revision: done?.revision,
      };
    }),
    changes: changes.map(({ object, application, change, reason, paths }) => ({
      object: objectJson(object),
      application,
      change,
      reason,
      paths: paths.map(path => pathJson(object, path)),
    })),
    unchanged,
    notChecked: notChecked.map(notCheckedJson),
  });
}
