import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import { listAt, type ObjectFacts, visit } from './facts.ts';

/** The ConfigMaps and Secrets that a kustomization generates, by the names that manifests use; and its images. */
export function generatedFacts(kustomization: Json): ObjectFacts[] {
  if (!isObject(kustomization)) return [];
  const namespace = kustomization.namespace;
  const own = typeof namespace === 'string' ? namespace : '';
  return [
    ...generators(kustomization, 'configMapGenerator', 'ConfigMap', own),
    ...generators(kustomization, 'secretGenerator', 'Secret', own),
    ...itself(kustomization, own),
  ];
}

/** The images that a chart's values name. */
export function valuesFacts(values: Json): ObjectFacts[] {
  const facts = nothing('Values', '', '');
  visit(values, facts);
  return facts.images.length > 0 ? [{ ...facts, labels: [], ports: [], recurring: [] }] : [];
}

function generators(
  kustomization: JsonObject,
  field: string,
  kind: string,
  namespace: string,
): ObjectFacts[] {
  return listAt(kustomization, field)
    .filter(isObject)
    .filter(({ name }) => typeof name === 'string')
    .map(generator => ({
      ...nothing(kind, namespace, String(generator.name)),
      keys: [...literalKeys(generator), ...fileKeys(generator)],
    }));
}

function nothing(kind: string, namespace: string, name: string): ObjectFacts {
  const lists = { keys: [], ports: [], images: [], labels: [], annotations: [] };
  return {
    ...{ group: '', kind, namespace, name, ...lists },
    variables: [],
    variablesFrom: [],
    recurring: [],
  };
}

/** `key=value`: what follows the key is never read. */
function literalKeys(generator: JsonObject): string[] {
  return textsAt(generator, 'literals').map(each => each.split('=', 1)[0] ?? '');
}

/** `key=path`, or a path whose last part is the key. */
function fileKeys(generator: JsonObject): string[] {
  return textsAt(generator, 'files').map(each =>
    each.includes('=') ? (each.split('=', 1)[0] ?? '') : each.slice(each.lastIndexOf('/') + 1),
  );
}

/** Its images, and the namespace that it puts everything into. */
function itself(kustomization: JsonObject, namespace: string): ObjectFacts[] {
  const images = listAt(kustomization, 'images')
    .filter(isObject)
    .flatMap(({ name, newName, newTag }) => {
      const image = typeof newName === 'string' ? newName : name;
      if (typeof image !== 'string') return [];
      return [typeof newTag === 'string' ? `${image}:${newTag}` : image];
    });
  const recurring: [string, string][] = namespace === '' ? [] : [['namespace', namespace]];
  if (images.length + recurring.length === 0) return [];
  return [{ ...nothing('Kustomization', '', ''), images, recurring }];
}

function textsAt(value: JsonObject, key: string): string[] {
  return listAt(value, key).filter(each => typeof each === 'string');
}
