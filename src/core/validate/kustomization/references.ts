import { isObject, type Json } from '../../model/resource.ts';
import { type Entry, entriesOf, entryAt, type WrittenKustomization } from './read.ts';

/** What an entry of a kustomization names. */
export interface Reference extends Entry {
  /** The path in the entry's text: of `key=path` what follows the sign. */
  path: string;
  /** `build`: a file of objects, or a folder with a kustomization; `component`: a folder only. */
  kind: 'build' | 'component' | 'file';
  /** The field that it stands in. */
  field: string;
}

/** Every path that a kustomization names, by kustomize's API (kustomize.config.k8s.io/v1beta1); remote ones are left out. */
export function referencesOf(kustomization: WrittenKustomization): Reference[] {
  const { value } = kustomization;
  const found: Reference[] = [];
  const add = (entry: Entry | undefined, kind: Reference['kind'], path = entry?.text ?? '') => {
    if (entry && isLocal(path))
      found.push({ ...entry, path, kind, field: String(entry.pointer[0]) });
  };
  for (const field of ['resources', 'bases'])
    for (const entry of entriesOf(kustomization, [field])) add(entry, 'build');
  for (const entry of entriesOf(kustomization, ['components'])) add(entry, 'component');
  for (const field of ['crds', 'configurations', 'patchesStrategicMerge'])
    for (const entry of entriesOf(kustomization, [field])) add(entry, 'file');
  for (const field of ['generators', 'transformers', 'validators'])
    for (const entry of entriesOf(kustomization, [field])) add(entry, 'build');
  for (const field of ['patches', 'patchesJson6902', 'replacements'])
    for (const index of itemsOf(value[field]).keys())
      add(entryAt(kustomization, [field, index, 'path']), 'file');
  add(entryAt(kustomization, ['openapi', 'path']), 'file');
  for (const field of ['configMapGenerator', 'secretGenerator'])
    for (const index of itemsOf(value[field]).keys()) {
      for (const entry of entriesOf(kustomization, [field, index, 'files']))
        add(entry, 'file', entry.text.slice(entry.text.indexOf('=') + 1));
      for (const entry of entriesOf(kustomization, [field, index, 'envs'])) add(entry, 'file');
      add(entryAt(kustomization, [field, index, 'env']), 'file');
    }
  for (const index of itemsOf(value.helmCharts).keys()) {
    add(entryAt(kustomization, ['helmCharts', index, 'valuesFile']), 'file');
    for (const entry of entriesOf(kustomization, ['helmCharts', index, 'additionalValuesFiles']))
      add(entry, 'file');
  }
  return found;
}

function itemsOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value.map(item => (isObject(item) ? item : null)) : [];
}

/** False for texts that are written in the place of a path, for what is fetched, and for what another tool fills in. */
function isLocal(path: string): boolean {
  if (path === '' || path.includes('\n') || path.includes('{') || path.includes('$')) return false;
  return !/:\/\/|^git@|^git::|\?(?:.*&)?(?:ref|version|timeout|submodules)=|\.git(?:\/|$)|\/\/|^[\w-]+\.(?:com|org|io|net|dev)\//.test(
    path,
  );
}
