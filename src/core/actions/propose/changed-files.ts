import type { RenderedApplication } from '../../drift/declared.ts';
import { isWithin } from '../../environments/folders.ts';
import { changedInWorkingTree } from '../../git/changes.ts';
import { openRepository } from '../../git/repository.ts';
import { type Environment, foldersOf } from '../../model/environment.ts';
import type { Workspace } from '../../workspace.ts';
import type { ChangedFile } from '../plans.ts';
import { renderApplications } from '../rendering.ts';

/**
 * The files of the working tree that differ from the checked-out commit, each with the environments that read it,
 * sorted. Runs the user's git with the folder's configuration: for trusted folders only.
 */
export async function changedFiles(
  workspace: Workspace,
  signal?: AbortSignal,
): Promise<ChangedFile[]> {
  const { root } = workspace.repository;
  const files = await changedInWorkingTree(root, signal);
  const states = [workspace];
  // What a deleted file was part of is seen where it still is.
  if (files.some(({ change }) => change === 'deleted')) {
    const head = await openRepository(root, { revision: 'HEAD', signal });
    states.push(await workspace.beside(head, workspace.branch));
  }
  const rendered = (await Promise.all(states.map(renderEnvironments))).flat();
  return files.map(file => {
    const readers = rendered.filter(each => reaches(each, [file.path]));
    const names = readers.map(({ environment }) => environment.name);
    return { ...file, environments: [...new Set(names)] };
  });
}

export interface RenderedEnvironment {
  environment: Environment;
  applications: RenderedApplication[];
}

export async function renderEnvironments(workspace: Workspace): Promise<RenderedEnvironment[]> {
  const { environments } = await workspace.discovery();
  return Promise.all(
    environments.map(async environment => ({
      environment,
      applications: await renderApplications(workspace, environment, { trace: false }),
    })),
  );
}

/** True when an environment is declared in one of the files, or one of its applications reads one. */
export function reaches(
  { environment, applications }: RenderedEnvironment,
  files: readonly string[],
): boolean {
  return (
    files.includes(environment.origin.file) || applications.some(each => isReached(each, files))
  );
}

/** True when a render reads one of the files, is declared in one, or failed in a folder that holds one. */
export function isReached(
  { application, rendered }: RenderedApplication,
  files: readonly string[],
): boolean {
  const { source, origin } = application;
  const { failure, notChecked, reads } = rendered;
  const isOne = (file: string) => files.includes(file);
  const inFolder = foldersOf(source).some(folder => files.some(file => isWithin(folder, file)));
  return (
    isOne(origin.file) ||
    reads.some(isOne) ||
    notChecked.some(({ place }) => isOne(place.file)) ||
    (failure !== undefined && (inFolder || isOne(failure.place.file)))
  );
}
