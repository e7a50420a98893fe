import { baseName, folderOf } from '../../manifests/paths.ts';
import type { RepositoryIndex } from '../../manifests/repository-index.ts';
import type { Environment } from '../../model/environment.ts';
import type { Finding } from '../../model/finding.ts';

/** What is known of the environments of a repository. */
export interface Deployment {
  index: RepositoryIndex;
  environments: readonly Environment[];
  /** Every file that is read for them. */
  reads: ReadonlySet<string>;
  /** True for a folder that holds what deploys others: it may be the root of a cluster that nobody declares here. */
  isRoot(folder: string): boolean;
}

/**
 * Overlays and values files that no environment deploys, as information: a kustomization that nothing builds on, or a
 * values file beside its chart, next to others that are deployed. Only for what Flux or Argo CD deploys, and where all
 * of that is known; folders of examples, tests and the like are nobody's mistake.
 */
export function undeployedFindings(deployment: Deployment): Finding[] {
  const { environments, index } = deployment;
  if (!environments.some(({ engine }) => engine === 'flux' || engine === 'argocd')) return [];
  return [...kustomizations(deployment), ...valuesFiles(deployment)].map(file => ({
    rule: 'undeployed-overlay',
    severity: 'information',
    file,
    message: `No environment deploys this ${index.file(file)?.role === 'kustomization' ? 'overlay' : 'values file'}.`,
    environments: [],
    ...{ line: 1, column: 1, endLine: 1, endColumn: 2 },
  }));
}

function kustomizations({ index, reads, isRoot }: Deployment): string[] {
  const all = [...index.kustomizations.values()];
  const isDeployed = new Set(all.filter(({ file }) => reads.has(file)).map(({ path }) => path));
  const beside = new Set([...isDeployed].map(folderOf));
  return all
    .filter(({ kind, file, path }) => kind !== 'Component' && !reads.has(file) && path !== '')
    .filter(({ path }) => index.usersOf(path).length === 0 && !isAside(path))
    .filter(({ path }) => beside.has(folderOf(path)) && !isRoot(path))
    .map(({ file }) => file);
}

function valuesFiles({ index, reads }: Deployment): string[] {
  const isValues = (path: string) => /^values.+\.ya?ml$|-values\.ya?ml$/.test(baseName(path));
  const all = index
    .files()
    .filter(({ role, path }) => role === 'chart-values' && isValues(path))
    .map(({ path }) => path);
  const beside = new Set(all.filter(path => reads.has(path)).map(folderOf));
  return all.filter(path => !reads.has(path) && beside.has(folderOf(path)) && !isAside(path));
}

const aside =
  /(^|[\W_])(examples?|samples?|demos?|docs?|tests?|testdata|e2e|ci|hack|scripts|templates?|bootstrap|archived?|deprecated|disabled|old|dev|local)([\W_]|$)/i;

function isAside(path: string): boolean {
  return path.split('/').some(part => part.startsWith('.') || aside.test(part));
}
