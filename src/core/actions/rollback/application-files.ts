import { isWithin } from '../../environments/folders.ts';
import { UserError } from '../../lib/errors.ts';
import { type Application, type Environment, foldersOf, partsOf } from '../../model/environment.ts';
import type { Workspace } from '../../workspace.ts';

/** An application by the names that people use, in any state of the repository. */
export interface NamedApplication {
  environment: string;
  application: string;
}

/** Throws a UserError that lists what there is. */
export async function findApplication(
  workspace: Workspace,
  { environment: environmentName, application: name }: NamedApplication,
): Promise<{ environment: Environment; application: Application }> {
  const [environment] = await workspace.choose([environmentName]);
  const applications = environment?.applications ?? [];
  const application = applications.find(each => each.name === name);
  if (environment && application) return { environment, application };
  const known = applications.map(each => each.name).join(', ');
  throw new UserError(
    `There is no application named ${name} in ${environmentName}; there are: ${known || 'none'}`,
  );
}

/**
 * The files that make an application what it is, in one state of the repository: those that its render reads, those
 * in its folder that are in no other application's, and the file that declares it, where that declares no other.
 */
export async function filesOf(workspace: Workspace, application: Application): Promise<string[]> {
  const { files } = workspace.repository;
  const { source, origin } = application;
  const { reads } = await workspace.render(application);
  const others = (await allApplications(workspace)).filter(other => !isSame(other, application));
  const values = partsOf(source).flatMap(part => (part.kind === 'helm' ? part.values : []));
  const places = values.flatMap(value => ('place' in value ? [value.place.file] : []));
  const declaring = others.some(other => other.origin.file === origin.file) ? [] : [origin.file];
  const below = files.filter(file => isOwn(application, others, file));
  const own = [...reads, ...places, ...declaring, ...below].filter(file => file !== configFile);
  return [...new Set(own)].sort();
}

/** Every application of every environment. */
async function allApplications(workspace: Workspace): Promise<Application[]> {
  const { environments } = await workspace.discovery();
  return environments.flatMap(({ applications }) => applications);
}

/** Says where environments are, not what they run. */
const configFile = 'driftline.yaml';

function isSame(a: Application, b: Application): boolean {
  return (
    a === b ||
    (a.name === b.name && a.origin.file === b.origin.file && a.origin.line === b.origin.line)
  );
}

/** In the application's folder, and not in a folder below it that is another one's. The root is everybody's. */
function isOwn({ source }: Application, others: readonly Application[], file: string): boolean {
  const elsewhere = others.flatMap(other => foldersOf(other.source));
  return foldersOf(source).some(
    folder =>
      folder !== '' &&
      isWithin(folder, file) &&
      !elsewhere.some(
        other => other !== folder && isWithin(folder, other) && isWithin(other, file),
      ),
  );
}
