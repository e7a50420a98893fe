import type { AlsoChanged } from '../core/actions/take/prove.ts';
import type { Difference } from '../core/actions/take/take.ts';
import type { Cluster } from '../core/cluster/cluster.ts';
import { UserError } from '../core/lib/errors.ts';
import type { Live } from '../core/live/live.ts';
import { resourceText } from '../core/model/resource.ts';
import { shortPath } from '../core/words/short-path.ts';
import { printable } from '../core/words/values.ts';
import type { Workspace } from '../core/workspace.ts';
import { applyEdit, showPlace, tellPlace } from './apply-edit.ts';
import { ignoreTitle, removeTitle, takeTitle } from './difference-titles.ts';
import type { Feature } from './feature.ts';
import { commands, type OfField } from './protocol.ts';
import type { OpenRepository } from './session/repositories.ts';
import type { Session } from './session/session.ts';

/** What can be done about one difference: every editor runs these, and makes the edit itself. */
export const differenceCommands: Feature = {
  capabilities: () => ({
    executeCommandProvider: { commands: [commands.take, commands.remove, commands.ignore] },
  }),
  register(session) {
    const verbs: Record<string, (of: Found, told: readonly string[]) => Promise<void>> = {
      [commands.take]: (of, told) => take(session, of, { removal: false, told }),
      [commands.remove]: (of, told) => take(session, of, { removal: true, told }),
      [commands.ignore]: of => ignore(session, of),
    };
    session.connection.onExecuteCommand(async ({ command, arguments: [target] = [] }, token) => {
      const verb = verbs[command];
      if (!verb || !isOfField(target)) return;
      const run = session.quietly(command, () => told(session, target, verb));
      await run(undefined, token);
    });
  },
};

/** A difference as it is now, with its repository. */
interface Found {
  repository: OpenRepository;
  live: Live;
  difference: Difference;
}

/** A person hears why something was not done. */
async function told(
  session: Session,
  target: OfField,
  verb: (of: Found, told: readonly string[]) => Promise<void>,
): Promise<void> {
  try {
    await session.repositories.ready();
    await verb(find(session, target), target.told ?? []);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    session.connection.window.showWarningMessage(error.message);
  }
}

function find({ repositories }: Session, { environment, object, path }: OfField): Found {
  const { repository, live } = repositories.ofEnvironment(environment);
  const compared = live.compared(environment, object);
  const found = compared?.result.paths.find(each => each.path === path);
  if (!compared || !found)
    throw new UserError(
      `${shortPath(path)} of ${printable(resourceText(object))} does not differ in ${printable(environment)} any more.`,
    );
  const { application, live: runs } = compared.about;
  return {
    repository,
    live,
    difference: { environment, object, application, path: found, live: runs },
  };
}

async function take(
  session: Session,
  { repository, live, difference }: Found,
  { removal, told }: { removal: boolean; told: readonly string[] },
): Promise<void> {
  const { takeLive } = await import('../core/actions/take/take.ts');
  const { object, path, environment } = difference;
  const title = (removal ? removeTitle(path) : takeTitle(object, path)) ?? shortPath(path.path);
  const workspace = await live.present();
  const cluster = clusterOf(workspace, environment);
  const taking = await takeLive(workspace, { ...difference, cluster }, { removal });
  if (taking.kind === 'elsewhere')
    return tellPlace(
      session,
      repository,
      `${shortPath(path.path)}: ${taking.reason}`,
      taking.place,
    );
  const untold = taking.also.filter(
    each => each.environment === environment || !told.includes(each.environment),
  );
  if (untold.length > 0 && !(await agrees(session, title, untold))) return;
  const { line } = await applyEdit(session, repository, taking, title);
  await showPlace(session, repository, { file: taking.file, line: line + 1, column: 1 });
}

/** The cluster that the difference was found in. */
async function clusterOf(workspace: Workspace, name: string): Promise<Cluster | undefined> {
  const [environment] = await workspace.choose([name]).catch(() => []);
  const opened = environment && (await workspace.connect(environment).catch(() => undefined));
  return opened?.ok ? opened.cluster : undefined;
}

/** Asks before something changes that nobody meant. */
async function agrees(
  session: Session,
  title: string,
  also: readonly AlsoChanged[],
): Promise<boolean> {
  const go = { title };
  const answer = await session.connection.window.showWarningMessage(alsoSentence(also), go);
  return answer?.title === title;
}

const words = { create: 'makes', change: 'changes', remove: 'removes' } as const;

/** `This also changes Deployment shop/web in staging and 2 more objects.` */
function alsoSentence(also: readonly AlsoChanged[]): string {
  const named = also.slice(0, 3).map(({ change, object, environment, fields = [] }) => {
    const of = fields.length > 0 ? `${fields.slice(0, 3).map(shortPath).join(', ')} of ` : '';
    return `${words[change]} ${of}${printable(resourceText(object))} in ${printable(environment)}`;
  });
  const rest = also.length - named.length;
  const more = rest > 0 ? `, and ${rest} more ${rest === 1 ? 'object' : 'objects'}` : '';
  return `This also ${named.join(', ')}${more}.`;
}

async function ignore(session: Session, { repository, live, difference }: Found): Promise<void> {
  const { ignoreDifference } = await import('../core/actions/ignore/ignore.ts');
  const workspace = await live.present();
  const cluster = clusterOf(workspace, difference.environment);
  const ignoring = await ignoreDifference(workspace, { ...difference, cluster });
  if (ignoring.kind === 'elsewhere')
    return tellPlace(session, repository, ignoring.reason, ignoring.place);
  const { file, notes } = ignoring;
  const title = ignoreTitle(difference.object, difference.path);
  const { line } = await applyEdit(session, repository, ignoring, title);
  await showPlace(session, repository, { file, line: line + 1, column: 1 });
  if (notes.length > 0) session.connection.window.showInformationMessage(notes.join(' '));
}

function isOfField(value: unknown): value is OfField {
  if (typeof value !== 'object' || value === null) return false;
  const { environment, object, path } = value as Record<string, unknown>;
  return (
    typeof environment === 'string' &&
    typeof path === 'string' &&
    typeof object === 'object' &&
    object !== null
  );
}
