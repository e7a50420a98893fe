import { isObject } from '../../model/resource.ts';
import { isTyped } from '../cursor.ts';
import type { listAt } from '../facts.ts';
import type { Entry } from '../inventory.ts';
import { mapAbove, type Spot } from '../spot.ts';
import type { Suggestion } from '../suggestion.ts';
import { originOf, rankOf } from './entries.ts';

/** Values in use that no object is named by: images, namespaces, charts, addresses of sources, tags. */
export function fieldNames(spot: Spot): Suggestion[] {
  if (spot.cursor.part === 'key') return [];
  const { path, kind } = spot;
  if (/(?:^|\.)(?:\w*[cC]ontainers)\[\]\.image$/.test(path))
    return texts(spot, 'image', ({ facts }) => facts.images);
  if (
    /^images\[\]\.(?:name|newName)$/.test(path) ||
    /spec\.images\[\]\.(?:name|newName)$/.test(path)
  )
    return texts(spot, 'image', ({ facts }) => facts.images.map(each => imageParts(each).name));
  if (/(?:^|\.)images\[\]\.newTag$/.test(path)) return tags(spot);
  if (kind === 'ImageRepository' && path === 'spec.image')
    return texts(spot, 'image', ({ facts }) => facts.images.map(each => imageParts(each).name));
  if (namespaceField.test(path) || (kind === '' && path === 'namespace')) return namespaces(spot);
  const recurring = recurringField(spot);
  return recurring === undefined ? [] : inUse(spot, recurring);
}

const namespaceField =
  /(?:^namespace|^metadata\.namespace|(?:Ref|Refs\[\]|subjects\[\]|dependsOn\[\]|destination|destinations\[\]|namespaceSelector\.matchNames\[\])\.namespace|[tT]argetNamespace|matchNames\[\]|sourceNamespaces\[\])$/;

/** Fields whose values are offered again, where they say the same thing. */
function recurringField({ path, kind }: Spot): string | undefined {
  const last = /(\w+)$/.exec(path)?.[1] ?? '';
  const isSource = /(?:^|\.)(?:source|sources\[\])\.\w+$/.test(path);
  if (isSource && ['repoURL', 'targetRevision', 'chart'].includes(last)) return last;
  if (/destination\.server$/.test(path)) return 'server';
  if (kind === 'HelmRelease' && path === 'spec.chart.spec.chart') return 'chart';
  const classes = ['storageClassName', 'ingressClassName', 'gatewayClassName', 'priorityClassName'];
  return classes.includes(last) ? last : undefined;
}

function inUse(spot: Spot, field: string): Suggestion[] {
  return texts(spot, 'text', ({ facts }) =>
    facts.recurring.filter(([name]) => name === field).map(([, value]) => value),
  );
}

/** Namespaces that exist, and those that objects say they are in. */
function namespaces(spot: Spot): Suggestion[] {
  const environments = spot.inventory.environments.map(({ name, namespace }) => ({
    label: namespace,
    detail: `namespace of ${name}`,
    kind: 'namespace' as const,
    rank: rankOf({ environments: [name] }, spot),
  }));
  const found = texts(spot, 'namespace', ({ facts }) => [
    ...(facts.kind === 'Namespace' && facts.group === '' ? [facts.name] : []),
    facts.namespace,
    ...facts.recurring.filter(([field]) => /[nN]amespace$/.test(field)).map(([, value]) => value),
  ]);
  // Where a kustomization sets the namespace, people write `_` or a variable.
  return [
    ...found.filter(({ label }) => /^[a-z0-9]/.test(label)),
    ...environments.filter(({ label }) => label !== 'default'),
  ];
}

/** Tags of the image that the entry names, as they are written elsewhere. */
function tags(spot: Spot): Suggestion[] {
  const { name, newName } = mapAbove(spot, 1);
  const wanted = [name, newName];
  return texts(spot, 'image', ({ facts }) =>
    facts.images.flatMap(each => {
      const { name: image, tag } = imageParts(each);
      return tag !== undefined && wanted.includes(image) ? [tag] : [];
    }),
  );
}

/** `ghcr.io:443/team/app:1.2@sha256:…`: a colon behind the last slash begins the tag. */
export function imageParts(image: string): { name: string; tag: string | undefined } {
  const [whole = ''] = image.split('@');
  const colon = whole.indexOf(':', whole.lastIndexOf('/') + 1);
  if (colon < 0) return { name: whole, tag: undefined };
  return { name: whole.slice(0, colon), tag: whole.slice(colon + 1) };
}

function texts(
  spot: Spot,
  kind: Suggestion['kind'],
  textsOf: (entry: Entry) => readonly string[],
): Suggestion[] {
  return spot.inventory.entries().flatMap(entry =>
    textsOf(entry)
      .filter(text => text !== '' && !text.includes('${') && !isTyped(text))
      .map(label => ({ label, detail: originIn(entry), kind, rank: rankOf(entry, spot) })),
  );
}

function originIn(entry: Entry): string {
  const { kind, name } = entry.facts;
  const owner = name === '' ? '' : `${kind} ${name}`;
  return [owner, originOf(entry)].filter(each => each !== '').join(' · ');
}

/** Names of what a list has already, so that they are not offered again. */
export function writtenIn(list: ReturnType<typeof listAt>): Set<string> {
  return new Set(list.filter(each => typeof each === 'string' && !isObject(each)).map(String));
}
