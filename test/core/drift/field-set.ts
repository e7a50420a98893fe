import { fieldType, itemStep, itemType, listMerge } from '../../../src/core/drift/typed-path.ts';
import { isObject, type Json, type JsonObject } from '../../../src/core/model/resource.ts';
import type { FieldType } from '../../../src/core/schemas/type.ts';

/** `fieldsV1` of a manifest, as an apply of it records them. */
export function fieldSet(type: FieldType, manifest: JsonObject): JsonObject {
  const metadata: JsonObject = isObject(manifest.metadata) ? { ...manifest.metadata } : {};
  delete metadata.name;
  delete metadata.namespace;
  const fields: JsonObject = { ...manifest, metadata };
  delete fields.apiVersion;
  delete fields.kind;
  return below(type, fields);
}

function below(type: FieldType, value: Json): JsonObject {
  const fields: JsonObject = {};
  if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const field = fieldType(type, key);
      const inner = field && !isEnd(field, item) ? below(field, item) : {};
      const emptyList =
        Array.isArray(item) && item.length === 0 && field && listMerge(field) !== 'atomic';
      if (!emptyList && !(isObject(item) && key === 'metadata' && Object.keys(inner).length === 0))
        fields[`f:${key}`] = inner;
    }
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const step = itemStep(type, item, index);
      if (typeof step !== 'object') continue;
      if ('value' in step) fields[`v:${JSON.stringify(step.value)}`] = {};
      else fields[`k:${sortedText(step.keys)}`] = { '.': {}, ...below(itemType(type), item) };
    }
  }
  return fields;
}

function sortedText(keys: JsonObject): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
}

function isEnd(type: FieldType, value: Json): boolean {
  if (Array.isArray(value)) return listMerge(type) === 'atomic';
  return !isObject(value) || type.merge === 'atomic' || Object.keys(value).length === 0;
}
