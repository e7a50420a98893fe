import { objectAt, textAt, textMapAt } from '../../model/fields.ts';
import type { JsonObject } from '../../model/resource.ts';
import { placeText } from '../../model/source.ts';
import type { SetCluster, SetRequest } from '../../upstream/application-sets.ts';
import type { DeployedObject, DiscoveryContext } from '../context.ts';
import { writtenOfKind } from '../written.ts';

const secretType = 'argocd.argoproj.io/secret-type';

/**
 * The clusters that an ApplicationSet's Argo CD knows, where the repository says so: by Secrets that stand in it
 * unencrypted. Of a Secret only what names the cluster is read, not what gives access to it.
 */
export function knownClusters(
  context: DiscoveryContext,
  set: DeployedObject,
): Pick<SetRequest, 'clusters' | 'noClusters'> {
  const secrets = writtenOfKind(context.index, '', 'Secret').filter(
    ({ value }) => textAt(value, 'metadata', 'labels', secretType) === 'cluster',
  );
  const own = secrets.filter(({ resource: { namespace } }) =>
    ['', set.resource.namespace].includes(namespace),
  );
  const encrypted = own.find(({ value }) => 'sops' in value);
  const elsewhere = hiddenIn(context, secrets);
  const noClusters = encrypted
    ? `the cluster in ${placeText(encrypted.source)} is encrypted`
    : elsewhere !== undefined
      ? `clusters are made by ${elsewhere}, which is not followed`
      : own.length === 0
        ? 'the clusters that Argo CD knows are not in the repository'
        : undefined;
  return { clusters: noClusters === undefined ? own.map(clusterOf) : [], noClusters };
}

/** A file that speaks of more cluster Secrets than it holds plainly: in templates, or sealed. */
function hiddenIn(
  context: DiscoveryContext,
  secrets: readonly DeployedObject[],
): string | undefined {
  const plain = Map.groupBy(secrets, ({ source }) => source.file);
  const found = context.index
    .files()
    .find(({ path, text }) => labelsIn(text) > (plain.get(path)?.length ?? 0));
  return found?.path;
}

/** How often a text labels something as a cluster's Secret; selectors name the label too. */
function labelsIn(text: string): number {
  if (!text.includes(secretType)) return 0;
  const lines = text.split('\n');
  return lines.filter((line, at) => {
    if (!/argocd\.argoproj\.io\/secret-type["']?:\s*["']?cluster\b/.test(line)) return false;
    if (/\blabels["']?:\s*\{/.test(line)) return true;
    const indent = indentOf(line);
    const parent = lines
      .slice(0, at)
      .findLast(above => indentOf(above) < indent && /^\s*[^\s#{]/.test(above));
    return /^\s*(- )?["']?labels["']?:\s*$/.test(parent ?? '');
  }).length;
}

function indentOf(line: string): number {
  return line.search(/\S|$/);
}

function clusterOf({ value }: DeployedObject): SetCluster {
  const metadata = objectAt(value, 'metadata') ?? {};
  const field = (name: string) =>
    textAt(value, 'stringData', name) ?? decoded(textAt(value, 'data', name));
  const texts = (name: string): Record<string, string> =>
    textMapAt(metadata as JsonObject, name) ?? {};
  return {
    name: field('name') ?? '',
    server: field('server') ?? '',
    project: field('project') ?? '',
    labels: texts('labels'),
    annotations: texts('annotations'),
  };
}

function decoded(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString();
}
