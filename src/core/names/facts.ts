import { isObject, type Json, type JsonObject } from '../model/resource.ts';

/** What other places may name of an object. Values of ConfigMaps and Secrets are never among it. */
export interface ObjectFacts {
  group: string;
  kind: string;
  namespace: string;
  name: string;
  /** Keys of a ConfigMap's or Secret's data. */
  keys: string[];
  /** Ports that it serves (a Service) or opens (containers); those of a Service with its own name. */
  ports: { name: string | undefined; port: number | undefined }[];
  /** Images as they are written, tags included. */
  images: string[];
  labels: [key: string, value: string][];
  annotations: string[];
  /** Variables that a Flux Kustomization sets, and the objects whose keys it sets besides. */
  variables: string[];
  variablesFrom: { kind: string; name: string }[];
  /** Scalars at fields whose values recur in a repository, by the last part of the path. */
  recurring: [field: string, value: string][];
}

/** Reads what there is to name in a manifest or rendered object; undefined for what is no object. */
export function factsOf(object: Json): ObjectFacts | undefined {
  if (!isObject(object)) return undefined;
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  const metadata = objectAt(object, 'metadata');
  const facts: ObjectFacts = {
    group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
    kind,
    namespace: textOf(metadata.namespace) ?? '',
    name: textOf(metadata.name) ?? '',
    keys: isData(kind) ? keysOf(object) : [],
    ports: [],
    images: [],
    labels: [],
    annotations: Object.keys(objectAt(metadata, 'annotations')),
    variables: [],
    variablesFrom: [],
    recurring: [],
  };
  if (kind === 'Service' && facts.group === '') addServicePorts(object, facts);
  if (kind === 'Kustomization' && facts.group === 'kustomize.toolkit.fluxcd.io')
    addVariables(object, facts);
  if (!isData(kind) && kind !== 'CustomResourceDefinition') visit(object, facts);
  else addLabels(objectAt(metadata, 'labels'), facts);
  return facts;
}

function isData(kind: string): boolean {
  return kind === 'ConfigMap' || kind === 'Secret' || kind === 'SealedSecret';
}

/** A SealedSecret makes a Secret of its name; ExternalSecrets name the keys that they make. */
function keysOf(object: JsonObject): string[] {
  const sealed = objectAt(objectAt(object, 'spec'), 'encryptedData');
  const all = [object.data, object.stringData, object.binaryData, sealed].filter(isObject);
  return [...new Set(all.flatMap(each => Object.keys(each)))];
}

function addServicePorts(service: JsonObject, facts: ObjectFacts): void {
  for (const port of listAt(objectAt(service, 'spec'), 'ports')) {
    if (!isObject(port)) continue;
    facts.ports.push({ name: textOf(port.name), port: numberOf(port.port) });
  }
}

function addVariables(kustomization: JsonObject, facts: ObjectFacts): void {
  const postBuild = objectAt(objectAt(kustomization, 'spec'), 'postBuild');
  facts.variables.push(...Object.keys(objectAt(postBuild, 'substitute')));
  for (const from of listAt(postBuild, 'substituteFrom')) {
    if (!isObject(from)) continue;
    const { kind, name } = from;
    if (typeof kind === 'string' && typeof name === 'string')
      facts.variablesFrom.push({ kind, name });
  }
}

/** Goes through all of an object that is no data. */
export function visit(value: Json, facts: ObjectFacts): void {
  if (Array.isArray(value)) for (const item of value) visit(item, facts);
  if (!isObject(value)) return;
  for (const [key, member] of Object.entries(value)) {
    const text = textOf(member);
    if (key === 'image' && text !== undefined) facts.images.push(text);
    else if ((key === 'labels' || key === 'matchLabels') && isObject(member))
      addLabels(member, facts);
    else if (key === 'containerPort' && typeof member === 'number')
      facts.ports.push({ name: textOf(value.name), port: member });
    else if (text !== undefined && recurringFields.has(key)) facts.recurring.push([key, text]);
    if (key === 'image' && isObject(member)) addImageValues(member, facts);
    if (typeof member === 'object') visit(member, facts);
  }
}

/** Fields that say the same in many places, and that no object is named by. */
const recurringFields = new Set([
  'repoURL',
  'targetRevision',
  'chart',
  'server',
  'storageClassName',
  'ingressClassName',
  'gatewayClassName',
  'priorityClassName',
  'namespace',
  'targetNamespace',
]);

/** Helm values write an image in parts. */
function addImageValues(image: JsonObject, facts: ObjectFacts): void {
  const { registry, repository, tag } = image;
  if (typeof repository !== 'string') return;
  const whole = typeof registry === 'string' ? `${registry}/${repository}` : repository;
  facts.images.push(typeof tag === 'string' || typeof tag === 'number' ? `${whole}:${tag}` : whole);
}

function addLabels(labels: JsonObject, facts: ObjectFacts): void {
  for (const [key, value] of Object.entries(labels))
    if (typeof value === 'string') facts.labels.push([key, value]);
}

const empty: JsonObject = {};

export function objectAt(value: JsonObject, key: string): JsonObject {
  const inner = value[key];
  return isObject(inner) ? inner : empty;
}

export function listAt(value: JsonObject, key: string): Json[] {
  const inner = value[key];
  return Array.isArray(inner) ? inner : [];
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
