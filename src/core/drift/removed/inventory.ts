import { isObject, type Json, type JsonObject, type Resource } from '../../model/resource.ts';
import { own } from '../values.ts';

/** Objects that an engine's own record says it applied. */
export function inventoryOf(controller: JsonObject): Resource[] {
  const status = own(controller, 'status');
  const entries = own(own(status, 'inventory'), 'entries');
  if (Array.isArray(entries)) return entries.filter(isObject).flatMap(fluxEntry);
  const resources = own(status, 'resources');
  return Array.isArray(resources) ? resources.filter(isObject).flatMap(argoEntry) : [];
}

/**
 * Flux: `<namespace>_<name>_<group>_<kind>`, with `:` in names of roles written as `__`, so that only
 * the ends can be told by their underscores.
 */
function fluxEntry({ id, v }: JsonObject): Resource[] {
  const match = /^([^_]*)_(.+)_([^_]*)_([^_]+)$/.exec(text(id));
  if (!match) return [];
  const [, namespace = '', name = '', group = '', kind = ''] = match;
  return [{ group, version: text(v), kind, namespace, name: name.replaceAll('__', ':') }];
}

/** Argo CD's `status.resources`; hooks run and are not kept. */
function argoEntry(entry: JsonObject): Resource[] {
  if (entry.hook === true) return [];
  const { group, version, kind, namespace, name } = entry;
  return [
    {
      group: text(group),
      version: text(version),
      kind: text(kind),
      namespace: text(namespace),
      name: text(name),
    },
  ];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
