import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Discovery, DiscoveryInput } from '../../../src/core/environments/context.ts';
import { discoverEnvironments } from '../../../src/core/environments/discover.ts';
import { RepositoryIndex } from '../../../src/core/manifests/repository-index.ts';
import {
  type Application,
  type Environment,
  partsOf,
} from '../../../src/core/model/environment.ts';

/** The index of a repository that is only these texts. */
export function indexOf(files: Record<string, string>): Promise<RepositoryIndex> {
  return RepositoryIndex.build({
    root: '/repository',
    revision: 'working tree',
    files: Object.keys(files).sort(),
    read: async file => new TextEncoder().encode(files[file] ?? ''),
    left: [],
  });
}

/** The index of a folder of the disk, everything in it counted as tracked. */
export function indexOfFolder(root: string): Promise<RepositoryIndex> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
  return RepositoryIndex.build({
    root,
    revision: 'working tree',
    files: files.filter(file => !file.startsWith('.git/')).sort(),
    read: async file => readFileSync(join(root, file)),
    left: [],
  });
}

export async function discover(
  files: Record<string, string>,
  input: Partial<DiscoveryInput> = {},
): Promise<Discovery> {
  return discoverEnvironments({ index: await indexOf(files), remotes: [], ...input });
}

/** `name kind path`, or the reason why it is not resolved. */
export function summary({ applications }: Pick<Environment, 'applications'>): string[] {
  return applications.flatMap(({ name, source }) =>
    partsOf(source).map(part =>
      part.kind === 'unresolved' ? `${name}: ${part.reason}` : `${name} ${part.kind} ${part.path}`,
    ),
  );
}

export function named(discovery: Discovery, name: string): Environment {
  const found = discovery.environments.find(environment => environment.name === name);
  if (!found)
    throw new Error(
      `no environment ${name}: ${discovery.environments.map(e => e.name).join(', ')}`,
    );
  return found;
}

export function application(environment: Environment, name: string): Application {
  const found = environment.applications.find(candidate => candidate.name === name);
  if (!found) throw new Error(`no application ${name}: ${summary(environment).join(', ')}`);
  return found;
}
