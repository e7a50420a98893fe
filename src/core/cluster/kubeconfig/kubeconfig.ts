import { readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { messageOf, UserError } from '../../lib/errors.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import { readYaml } from '../yaml.ts';
import { type KubeContext, readCluster, readUser } from './context.ts';

/** The merged kubeconfigs. The current context is not in it: a context is always named. */
export interface Kubeconfig {
  /** Files that were read, in the order in which they count. */
  files: readonly string[];
  /** Files that were not used, with the reason. */
  left: readonly { file: string; reason: string }[];
  clusters: ReadonlyMap<string, Entry>;
  users: ReadonlyMap<string, Entry>;
  contexts: ReadonlyMap<string, Entry>;
}

/** A named entry and the file it stands in. */
interface Entry {
  value: JsonObject;
  file: string;
}

export interface KubeconfigOptions {
  /** `KUBECONFIG` and `HOME` are read from it. */
  env: NodeJS.ProcessEnv;
  /** The repository's root: a kubeconfig in it is the repository's word, and counts only when trusted. */
  root: string;
  trusted: boolean;
}

/**
 * Reads the kubeconfigs that kubectl would read: those of `KUBECONFIG` merged, of two entries of one
 * name the first; else `~/.kube/config`. Files that do not exist are left out, as kubectl does.
 * Throws a UserError for a file that cannot be understood.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
 */
export async function readKubeconfig(options: KubeconfigOptions): Promise<Kubeconfig> {
  const files: string[] = [];
  const left: { file: string; reason: string }[] = [];
  const merged = { clusters: new Map(), users: new Map(), contexts: new Map() };
  for (const file of kubeconfigPaths(options.env)) {
    if (!options.trusted && isInside(options.root, file)) {
      const reason = 'it lies in the repository, which must be trusted for that';
      left.push({ file, reason });
      continue;
    }
    const content = readFileContent(file);
    if (content === undefined) continue;
    files.push(file);
    addEntries(merged.clusters, content, file, 'clusters', 'cluster');
    addEntries(merged.users, content, file, 'users', 'user');
    addEntries(merged.contexts, content, file, 'contexts', 'context');
  }
  return { files, left, ...merged };
}

/** The context of that name. Throws a UserError when there is none, or it names what is not there. */
export function findContext(kubeconfig: Kubeconfig, name: string): KubeContext {
  const context = kubeconfig.contexts.get(name);
  if (context === undefined) {
    const left = kubeconfig.left.map(({ file, reason }) => ` (${file} was not used: ${reason})`);
    const where = kubeconfig.files.length > 0 ? ` in ${kubeconfig.files.join(', ')}` : '';
    const what = where === '' ? 'no kubeconfig' : `no context "${name}"`;
    throw new UserError(
      `The context "${name}" is not known: there is ${what}${where}${left.join('')}; add it, or name another one.`,
    );
  }
  const lacks = (what: string) =>
    new UserError(`The context "${name}" in ${context.file} ${what}: correct it there.`);
  const clusterName = String(context.value.cluster ?? '');
  const userName = String(context.value.user ?? '');
  const clusterEntry = kubeconfig.clusters.get(clusterName);
  if (clusterEntry === undefined)
    throw lacks(`names the cluster "${clusterName}", which is nowhere`);
  const cluster = readCluster(clusterName, clusterEntry.value, dirname(clusterEntry.file));
  if (cluster === undefined) throw lacks(`names the cluster "${clusterName}", which has no server`);
  if (!/^https?:\/\//.test(cluster.server) || !URL.canParse(cluster.server))
    throw lacks(`has the server "${cluster.server}", which is no http or https address`);
  const userEntry = kubeconfig.users.get(userName);
  if (userEntry === undefined && userName !== '')
    throw lacks(`names the user "${userName}", which is nowhere`);
  const { value, file } = userEntry ?? { value: {}, file: context.file };
  const user = readUser(userName, value, dirname(file));
  const { namespace } = context.value;
  return {
    name,
    file: context.file,
    namespace: typeof namespace === 'string' ? namespace : undefined,
    cluster,
    user,
  };
}

/** All contexts that can be used, sorted by name. */
export function listContexts(kubeconfig: Kubeconfig): { context: string; server: string }[] {
  return [...kubeconfig.contexts.keys()].sort().flatMap(name => {
    try {
      return [{ context: name, server: findContext(kubeconfig, name).cluster.server }];
    } catch {
      return []; // named, and broken: who asks for it by name hears why
    }
  });
}

/** The files that contexts come from, whether they exist or not. */
export function kubeconfigPaths(env: NodeJS.ProcessEnv): string[] {
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter(file => file !== '');
  if (listed.length > 0) return [...new Set(listed.map(file => resolve(file)))];
  return [join(env.HOME || homedir(), '.kube', 'config')];
}

/** Follows links on both sides: a link inside the repository does not make a home of it. */
function isInside(folder: string, file: string): boolean {
  const inside = (path: string) => path === '' || !(path.startsWith('..') || isAbsolute(path));
  return (
    inside(relative(realPath(folder), realPath(file))) || inside(relative(resolve(folder), file))
  );
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** At once: nothing is asked of a server before it is read. */
function readFileContent(file: string): JsonObject | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw broken(file, messageOf(error));
  }
  let documents: Json[];
  try {
    documents = readYaml(text);
  } catch (error) {
    throw broken(file, messageOf(error));
  }
  const content = documents[0] ?? {};
  if (!isObject(content)) throw broken(file, 'it is no map');
  return content;
}

function addEntries(
  into: Map<string, Entry>,
  content: JsonObject,
  file: string,
  list: string,
  field: string,
): void {
  const items = content[list] ?? [];
  if (!Array.isArray(items)) throw broken(file, `its ${list} are no list`);
  for (const item of items) {
    if (!isObject(item) || (typeof item.name !== 'string' && typeof item.name !== 'number'))
      throw broken(file, `one of its ${list} has no name`);
    const name = String(item.name);
    const value = item[field] ?? {};
    if (!isObject(value)) throw broken(file, `its ${field} "${name}" is no map`);
    if (!into.has(name)) into.set(name, { value, file });
  }
}

function broken(file: string, what: string): UserError {
  return new UserError(
    `The kubeconfig ${file} cannot be read (${what}): correct it, or set KUBECONFIG to another file.`,
  );
}
