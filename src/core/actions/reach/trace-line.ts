import type { RenderedApplication } from '../../drift/declared.ts';
import type { Application, Environment } from '../../model/environment.ts';
import { resourceKey } from '../../model/resource.ts';
import type { Workspace } from '../../workspace.ts';
import { renderApplications } from '../rendering.ts';
import type { ReachReport } from '../reports.ts';
import { addLiveEdits } from './known-edits.ts';
import { LiveEdits } from './live-edits.ts';
import { type FileReach, fileReach, type TracedEnvironment } from './reach.ts';

/**
 * What a line of a file reaches in these environments, and which of that somebody changed in the clusters. Only
 * what may come from the file is traced, and only the clusters of what is reached are asked.
 */
export async function traceLine(
  workspace: Workspace,
  environments: readonly Environment[],
  { file, line, signal }: { file: string; line: number; signal?: AbortSignal },
): Promise<ReachReport> {
  const rendered = await Promise.all(
    environments.map(environment => traceFile(workspace, environment, file)),
  );
  const edits = new LiveEdits();
  const reachOf = (): FileReach => fileReach(file, workspace.index, rendered, edits);
  const names = new Set(
    reachOf()
      .at(line)
      .map(({ environment }) => environment),
  );
  const reached = rendered.filter(({ environment }) => names.has(environment.name));
  const answers = await Promise.all(
    reached.map(each => addLiveEdits(workspace, each, { edits, signal })),
  );
  const reach = reachOf();
  return {
    kind: 'reaches',
    place: { file, line },
    reaches: reach.at(line),
    why: reach.why(line),
    compared: reached.filter((_, index) => answers[index] === undefined).map(nameOf),
    notCompared: reached.flatMap((each, index) => {
      const reason = answers[index];
      // Where no cluster was chosen, nobody expects to hear of one.
      const isChosen = each.environment.cluster.kind !== 'none';
      return reason === undefined || !isChosen ? [] : [{ environment: nameOf(each), reason }];
    }),
  };
}

const nameOf = ({ environment }: TracedEnvironment) => environment.name;

/** Renders an environment, with the fields' places where a file may decide them. */
async function traceFile(
  workspace: Workspace,
  environment: Environment,
  file: string,
): Promise<TracedEnvironment> {
  const applications = await renderApplications(workspace, environment, { trace: false });
  const reached = reachedApplications(applications, file);
  return {
    environment,
    schemas: workspace.schemas(environment.kubernetes, workspace.customTypes()),
    applications: await Promise.all(
      applications.map(async ({ application, rendered }) => ({
        application,
        rendered: reached.has(application) ? await workspace.trace(application) : rendered,
      })),
    ),
  };
}

/** Those that read the file or are declared with it, and those that these deploy. */
function reachedApplications(
  applications: readonly RenderedApplication[],
  file: string,
): Set<Application> {
  const found = new Set<Application>();
  const add = ({ application, rendered }: RenderedApplication) => {
    if (found.has(application)) return;
    found.add(application);
    const made = new Set(rendered.objects.map(({ resource }) => resourceKey(resource)));
    for (const other of applications) {
      const { controller } = other.application;
      if (controller && made.has(resourceKey(controller))) add(other);
    }
  };
  for (const each of applications) if (isReadBy(each, file)) add(each);
  return found;
}

/** True where a render reads the file, or something of what is rendered was written in it. */
function isReadBy({ application, rendered }: RenderedApplication, file: string): boolean {
  return (
    rendered.reads.includes(file) ||
    application.origin.file === file ||
    JSON.stringify(application.source).includes(JSON.stringify({ file }).slice(1, -1))
  );
}
