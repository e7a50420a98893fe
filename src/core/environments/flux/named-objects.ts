import type { NamedData, UnknownData } from '../../model/environment.ts';
import { objectsAt, textAt } from '../../model/fields.ts';
import type { JsonObject } from '../../model/resource.ts';
import type {
  DeclaredObject,
  DeclaredObjects,
  DeployedObject,
  DiscoveryContext,
} from '../context.ts';
import type { Draft } from '../drafts.ts';
import { isWithin } from '../folders.ts';
import { reach } from '../reach.ts';
import { writtenOfKind } from '../written.ts';
import { isKustomization, isRelease } from './kinds.ts';
import { declaredData } from './named-data.ts';

/** What is known of the ConfigMaps and Secrets that Kustomizations and HelmReleases name. */
export interface NamedObjects {
  /** Equal texts know the same. */
  readonly known: string;
  find(kind: string, name: string, namespace: string): NamedData | UnknownData;
}

export function isKnown(found: NamedData | UnknownData): found is NamedData {
  return 'data' in found;
}

export const nothingNamed: NamedObjects = {
  known: '[]',
  find: (kind, name) => ({ kind, name, reason: 'only the cluster has' }),
};

interface Named {
  kind: string;
  name: string;
  namespace: string;
}

/**
 * Looks them up in what the environment itself renders and, where it declares none of the name, among the
 * manifests of the repository: there may be one of it only, and none in a folder that is another environment's.
 */
export async function namedObjects(
  context: DiscoveryContext,
  drafts: readonly Draft[],
  deployed: readonly DeployedObject[],
  others: readonly string[],
): Promise<NamedObjects> {
  const wanted = deployed.flatMap(namesIn);
  if (wanted.length === 0) return nothingNamed;
  const made: DeclaredObjects[] = [];
  for (const { application } of drafts)
    if (mayDeclare(context, application, wanted)) made.push(await context.rendered(application));
  const find = ({ kind, name, namespace }: Named): NamedData | UnknownData => {
    const objects = made.flatMap(({ objects }) => objects).filter(isNamed(kind, name, namespace));
    const [declared] = objects.slice(-1);
    if (declared) return declaredData(declared);
    if (made.some(({ notChecked = [] }) => notChecked.some(isNamed(kind, name, namespace))))
      return { kind, name, reason: 'is itself not rendered completely' };
    const written = writtenOfKind(context.index, '', kind)
      .filter(isNamed(kind, name, namespace))
      .filter(({ source }) => !others.some(folder => isWithin(folder, source.file)));
    const [only] = written;
    return only && written.length === 1 ? declaredData(only) : nothingNamed.find(kind, name, '');
  };
  const known = new Map(wanted.map(each => [keyOf(each), find(each)]));
  return {
    known: JSON.stringify([...known]),
    find: (kind, name, namespace) =>
      known.get(keyOf({ kind, name, namespace })) ?? nothingNamed.find(kind, name, namespace),
  };
}

function keyOf({ kind, name, namespace }: Named): string {
  return `${kind}/${namespace}/${name}`;
}

/** The objects that `substituteFrom` and `valuesFrom` name. */
function namesIn({ resource, value }: DeployedObject): Named[] {
  const list: JsonObject[] = isKustomization(resource)
    ? objectsAt(value, 'spec', 'postBuild', 'substituteFrom')
    : isRelease(resource)
      ? objectsAt(value, 'spec', 'valuesFrom')
      : [];
  const { namespace } = resource;
  return list.map(each => ({
    kind: textAt(each, 'kind') ?? '',
    name: textAt(each, 'name') ?? '',
    namespace,
  }));
}

function isNamed(kind: string, name: string, namespace: string) {
  return ({ resource }: Pick<Partial<DeclaredObject>, 'resource'>): boolean =>
    resource?.kind === kind &&
    resource.group === '' &&
    resource.name === name &&
    (resource.namespace === namespace || resource.namespace === '');
}

/** Whether a name that is looked for stands in a text that the application is built from. */
function mayDeclare(
  { index }: DiscoveryContext,
  { source }: Draft['application'],
  wanted: readonly Named[],
): boolean {
  if (source.kind !== 'kustomize') return false;
  const texts = reach(index, source.path).flatMap(({ file, through }) => [
    file.text,
    ...through.flatMap(({ file: name }) => index.file(name)?.text ?? []),
  ]);
  const own = index.kustomizations.get(source.path);
  if (own) texts.push(index.file(own.file)?.text ?? '');
  return wanted.some(({ name }) => texts.some(text => text.includes(name)));
}
