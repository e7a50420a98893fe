import type { Workspace } from '../../workspace.ts';
import { compareOpen, type RenderedEnvironment } from '../drift.ts';
import { renderApplications } from '../rendering.ts';
import type { NotCompared } from '../reports.ts';
import { LiveEdits } from './live-edits.ts';

/** What was changed by hand in the clusters, as far as they could be asked. */
export interface KnownEdits {
  edits: LiveEdits;
  /** Names of the environments that were compared. */
  compared: string[];
  notCompared: NotCompared[];
}

/** Compares the named environments with their clusters and snapshots, for what was changed there by hand. */
export async function knownEdits(
  workspace: Workspace,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<KnownEdits> {
  const { environments } = await workspace.discovery();
  const known: KnownEdits = { edits: new LiveEdits(), compared: [], notCompared: [] };
  const asked = environments.filter(({ name }) => names.includes(name));
  const answers = await Promise.all(
    asked.map(async environment => {
      const opened = workspace.connect(environment);
      const cluster = opened.then(
        answer => (answer.ok ? answer.cluster : undefined),
        () => undefined,
      );
      const rendering = { trace: false, cluster, signal };
      const applications = await renderApplications(workspace, environment, rendering);
      return addLiveEdits(workspace, { environment, applications }, { ...known, signal });
    }),
  );
  for (const [index, { name, cluster }] of asked.entries()) {
    const reason = answers[index];
    if (reason === undefined) known.compared.push(name);
    // Where no cluster was chosen, nobody expects to hear of one.
    else if (cluster.kind !== 'none') known.notCompared.push({ environment: name, reason });
  }
  return known;
}

/** Adds what was changed by hand in one environment; answers why that is not known, or undefined where it is. */
export async function addLiveEdits(
  workspace: Workspace,
  { environment, applications }: RenderedEnvironment,
  { edits, signal }: { edits: LiveEdits; signal?: AbortSignal },
): Promise<string | undefined> {
  const opened = await workspace.connect(environment);
  if (!opened.ok) return opened.reason;
  const open = { environment, applications, cluster: opened.cluster };
  // Where a line reaches is known already: no place is asked for again.
  const { report } = await compareOpen(workspace, open, { traced: true, signal });
  edits.add(environment, report.results);
  return undefined;
}
