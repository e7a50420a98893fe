import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { mediaFolder } from '../lib/media.ts';
import { isObject } from '../model/resource.ts';
import type { FieldType } from './type.ts';

/** What an API says of a field of a type; undefined where it says nothing. */
export type FieldDescriptions = (owner: FieldType, field: string) => string | undefined;

/** Kubernetes' own words on its fields: the full name of a type, then the field. */
export type DescriptionTable = Record<string, Record<string, string>>;

/**
 * Reads the bundled descriptions of Kubernetes' types. A broken installation has none: fields are then told by their
 * type alone. They take a few megabytes, so keep the answer and read it late.
 */
export function readDescriptions(): FieldDescriptions {
  const table = readTable();
  return ({ ref }, field) => {
    const own = ref === undefined ? undefined : table[ref];
    return own && Object.hasOwn(own, field) ? own[field] : undefined;
  };
}

const packedFile = 'fields.json.br';

function readTable(): DescriptionTable {
  const packed = readFileSync(join(mediaFolder('descriptions', packedFile), packedFile));
  const table: unknown = JSON.parse(brotliDecompressSync(packed).toString('utf8'));
  return isObject(table) ? (table as unknown as DescriptionTable) : {};
}
