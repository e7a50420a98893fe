import { resolveReference } from '../../manifests/paths.ts';
import type { Application, ChartReference, SingleSource } from '../../model/environment.ts';
import { objectAt, objectsAt, textAt, textsAt, valueAt } from '../../model/fields.ts';
import type { Pointer } from '../../model/path.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { DeployedObject, DiscoveryContext } from '../context.ts';
import type { Draft } from '../drafts.ts';
import { folderExists } from '../folders.ts';
import { argoIgnoreRules } from '../ignore-rules.ts';
import { argoHelmSource } from './helm.ts';
import { argoKustomizeSource } from './kustomize.ts';
import { type ArgoSource, isSet, overridden, writtenSource } from './source.ts';

export const argoGroup = 'argoproj.io';

/** The cluster an Application deploys to: its name, or the host of its server's address. */
export function destinationOf({ value }: DeployedObject): string {
  const destination = objectAt(value, 'spec', 'destination');
  const name = textAt(destination, 'name');
  if (name) return name;
  const server = textAt(destination, 'server') ?? '';
  if (server === '' || /^https:\/\/kubernetes\.default(\.svc)?(\/|$)/.test(server))
    return 'in-cluster';
  return server.replace(/^\w+:\/\//, '').replace(/[:/].*$/, '');
}

/** What an Application (`spec` of argoproj.io/v1alpha1) deploys; nothing where it has no source. */
export function applicationDrafts(context: DiscoveryContext, application: DeployedObject): Draft[] {
  const sources = sourcesOf(application);
  const deploying = sources.filter(
    ({ value }) => !textAt(value, 'ref') || textAt(value, 'path') || textAt(value, 'chart'),
  );
  const parts = deploying.map(source => sourceOf(context, application, source, sources));
  const [first] = parts;
  if (!first) return [];
  const { value, resource, source } = application;
  const serverSide = textsAt(value, 'spec', 'syncPolicy', 'syncOptions').includes(
    'ServerSideApply=true',
  );
  const namespace = textAt(value, 'spec', 'destination', 'namespace') || undefined;
  const made: Omit<Application, 'dependsOn'> = {
    name: resource.name,
    engine: 'argocd',
    source: parts.length === 1 ? first : { kind: 'several', sources: parts, namespace },
    owner: { mode: serverSide ? 'ssa' : 'csa', manager: 'argocd-controller' },
    namespace,
    controller: resource,
    origin: source,
    ignore: argoIgnoreRules(objectsAt(value, 'spec', 'ignoreDifferences'), application),
  };
  return [{ application: made, needs: [] }];
}

function sourcesOf(application: DeployedObject): ArgoSource[] {
  const { value } = application;
  const at = (source: JsonObject, pointer: Pointer) => writtenSource(application, source, pointer);
  const several = objectsAt(value, 'spec', 'sources');
  if (several.length > 0)
    return several.map((source, index) => at(source, ['spec', 'sources', index]));
  const hydrated = objectAt(value, 'spec', 'sourceHydrator', 'drySource');
  if (hydrated) return [at(hydrated, ['spec', 'sourceHydrator', 'drySource'])];
  const single = objectAt(value, 'spec', 'source');
  return single ? [at(single, ['spec', 'source'])] : [];
}

function unresolved(reason: string): SingleSource {
  return { kind: 'unresolved', reason };
}

function sourceOf(
  context: DiscoveryContext,
  application: DeployedObject,
  source: ArgoSource,
  siblings: readonly ArgoSource[],
): SingleSource {
  if (application.changedBy !== undefined)
    return unresolved(
      `${application.changedBy} changes this Application, which takes the renderer to follow`,
    );
  const chart = chartOf(source.value);
  if (chart) return argoHelmSource(context, application, source, siblings, { chart });
  const elsewhere = notHere(context, source.value);
  if (elsewhere !== undefined) return unresolved(elsewhere);
  const written = textAt(source.value, 'path') ?? '.';
  const path = resolveReference('', `./${written}`);
  if (path === undefined || !folderExists(context.index, path))
    return {
      kind: 'unresolved',
      reason: `its path ${written} is not in the repository`,
      missing: { kind: 'folder', written, path, place: source.locate(['path']) },
    };
  const effective = overridden(context, source, path, application.resource.name);
  return folderSource(context, application, effective, siblings, path);
}

/** A folder is what its options say, else what is in it: of a chart and a kustomization the latter. */
function folderSource(
  context: DiscoveryContext,
  application: DeployedObject,
  source: ArgoSource,
  siblings: readonly ArgoSource[],
  path: string,
): SingleSource {
  const { kustomizations, charts } = context.index;
  const said = ['kustomize', 'helm', 'directory', 'plugin'].filter(type =>
    isSet(source.value[type]),
  );
  if (said.length > 1)
    return unresolved(
      `it has options of several kinds (${said.join(', ')}), which Argo CD refuses`,
    );
  const found = kustomizations.has(path) ? 'kustomize' : charts.has(path) ? 'helm' : 'directory';
  const type = said[0] ?? found;
  if (type === 'plugin') return unresolved('it is rendered by a plug-in of Argo CD');
  if (type === 'helm') return argoHelmSource(context, application, source, siblings, { path });
  if (type === 'kustomize') return argoKustomizeSource(context, application, source, path);
  return directorySource(source.value, path);
}

function directorySource(source: JsonObject, path: string): SingleSource {
  const directory = objectAt(source, 'directory');
  return {
    kind: 'plain',
    path,
    recurse: valueAt(directory, 'recurse') === true,
    include: textAt(directory, 'include') || undefined,
    exclude: textAt(directory, 'exclude') || undefined,
    argocd: true,
  };
}

/** The chart that a source takes from a chart repository or registry, whose address Argo CD has without `oci:`. */
function chartOf(source: JsonObject): ChartReference | undefined {
  const url = textAt(source, 'repoURL') ?? '';
  const name = textAt(source, 'chart');
  const version = textAt(source, 'targetRevision') ?? '';
  if (name) return { url: /^\w+:\/\//.test(url) ? url : `oci://${url}`, name, version };
  const registry = /^(oci:\/\/.+)\/([^/]+)\/*$/.exec(url);
  if (!registry || !['', '.'].includes(textAt(source, 'path') ?? '')) return undefined;
  return { url: registry[1] ?? '', name: registry[2] ?? '', version };
}

/** Why a source's content is not what is being read; undefined when it is. */
function notHere(context: DiscoveryContext, source: JsonObject): string | undefined {
  const url = textAt(source, 'repoURL') ?? '';
  const revision = textAt(source, 'targetRevision');
  if (!context.isThisRepository(url)) return `its source is another repository (${url})`;
  if (!context.isThisRevision(revision))
    return `its source is revision ${revision} of this repository, not what is read here`;
  return undefined;
}
