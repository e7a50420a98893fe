import { resolveReference } from '../../manifests/paths.ts';
import type { Application, RenderSource } from '../../model/environment.ts';
import { objectAt, objectsAt, textAt, textsAt, valueAt } from '../../model/fields.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { DeployedObject, DiscoveryContext } from '../context.ts';
import type { Draft } from '../drafts.ts';
import { folderExists } from '../folders.ts';
import { argoIgnoreRules } from '../ignore-rules.ts';
import { argoHelmSource } from './helm.ts';

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

/**
 * One draft for each source of an Application (`spec` of argoproj.io/v1alpha1) that deploys
 * something.
 */
export function applicationDrafts(context: DiscoveryContext, application: DeployedObject): Draft[] {
  const sources = sourcesOf(application);
  const deploying = sources.filter(
    ({ value }) => !textAt(value, 'ref') || textAt(value, 'path') || textAt(value, 'chart'),
  );
  return deploying.map(({ value, pointer }, at) => ({
    application: {
      ...shared(application),
      name:
        at === 0 ? application.resource.name : `${application.resource.name} (source ${at + 1})`,
      source: sourceOf(
        context,
        application,
        value,
        pointer,
        sources.map(source => source.value),
      ),
    },
    needs: [],
  }));
}

function sourcesOf({
  value,
}: DeployedObject): { value: JsonObject; pointer: (string | number)[] }[] {
  const several = objectsAt(value, 'spec', 'sources');
  if (several.length > 0)
    return several.map((source, at) => ({ value: source, pointer: ['spec', 'sources', at] }));
  const hydrated = objectAt(value, 'spec', 'sourceHydrator', 'drySource');
  if (hydrated) return [{ value: hydrated, pointer: ['spec', 'sourceHydrator', 'drySource'] }];
  const single = objectAt(value, 'spec', 'source');
  return single ? [{ value: single, pointer: ['spec', 'source'] }] : [];
}

function shared(application: DeployedObject): Omit<Application, 'dependsOn' | 'name' | 'source'> {
  const { value, resource, source } = application;
  const serverSide = textsAt(value, 'spec', 'syncPolicy', 'syncOptions').includes(
    'ServerSideApply=true',
  );
  return {
    engine: 'argocd',
    owner: { mode: serverSide ? 'ssa' : 'csa', manager: 'argocd-controller' },
    namespace: textAt(value, 'spec', 'destination', 'namespace') || undefined,
    controller: resource,
    origin: source,
    ignore: argoIgnoreRules(objectsAt(value, 'spec', 'ignoreDifferences'), application),
  };
}

function sourceOf(
  context: DiscoveryContext,
  application: DeployedObject,
  source: JsonObject,
  pointer: (string | number)[],
  siblings: readonly JsonObject[],
): RenderSource {
  const unresolved = (reason: string): RenderSource => ({ kind: 'unresolved', reason });
  if (application.changedBy !== undefined)
    return unresolved(
      `${application.changedBy} changes this Application, which takes the renderer to follow`,
    );
  const elsewhere = notHere(context, source);
  if (elsewhere !== undefined) return unresolved(elsewhere);
  const written = textAt(source, 'path') ?? '.';
  const path = resolveReference('', `./${written}`);
  if (path === undefined || !folderExists(context.index, path))
    return unresolved(`its path ${written} is not in the repository`);
  if (isSet(source, 'plugin')) return unresolved('it is rendered by a plug-in of Argo CD');
  if (isSet(source, 'directory')) return directorySource(source, path);
  if (isSet(source, 'helm') || context.index.charts.has(path))
    return argoHelmSource(context, application, { source, pointer, path, siblings });
  if (isSet(source, 'kustomize') || context.index.kustomizations.has(path)) {
    const options = Object.keys(objectAt(source, 'kustomize') ?? {}).filter(
      name => name !== 'version',
    );
    if (options.length > 0)
      return unresolved(`its kustomize options (${options.join(', ')}) are not rendered here`);
    return { kind: 'kustomize', path };
  }
  return directorySource(source, path);
}

function directorySource(source: JsonObject, path: string): RenderSource {
  const directory = objectAt(source, 'directory');
  if (Object.keys(objectAt(directory, 'jsonnet') ?? {}).length > 0)
    return { kind: 'unresolved', reason: 'it is rendered by jsonnet' };
  return {
    kind: 'plain',
    path,
    recurse: valueAt(directory, 'recurse') === true,
    include: textAt(directory, 'include') || undefined,
    exclude: textAt(directory, 'exclude') || undefined,
  };
}

/** Why a source's content is not what is being read; undefined when it is. */
function notHere(context: DiscoveryContext, source: JsonObject): string | undefined {
  const url = textAt(source, 'repoURL') ?? '';
  const revision = textAt(source, 'targetRevision');
  const chart = textAt(source, 'chart');
  if (chart) return `chart ${chart} ${revision ?? '*'} of ${url} is not in the repository`;
  if (!context.isThisRepository(url)) return `its source is another repository (${url})`;
  if (!context.isThisRevision(revision))
    return `its source is revision ${revision} of this repository, not what is read here`;
  return undefined;
}

/** Argo CD takes an explicit type only where its options say something. */
function isSet(source: JsonObject, type: string): boolean {
  return Object.keys(objectAt(source, type) ?? {}).length > 0;
}
