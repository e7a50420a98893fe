import { formatPath, type Pointer } from '../model/path.ts';
import type { RenderedObject } from '../model/rendered.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import type { RenderedSource } from './renderer.ts';

/** Every value that SOPS encrypted begins so. */
const cipher = 'ENC[AES256_GCM,';
/** What kustomize appends to a generated object's name. */
const hashSuffix = /-[a-z0-9]{10}$/;

/**
 * The render without what is only there because files are encrypted: a Secret that kustomize generates from such
 * files has other data when they are decrypted (as Flux does before it builds), and another name if that ends with
 * a hash of it. Values that are not known are told from those that differ.
 */
export function withoutSealed(rendered: RenderedSource): RenderedSource {
  const generated = rendered.objects.filter(isGeneratedFromCiphers);
  const mayHold = rendered.reads.some(file => /sops|enc|secret/i.test(file));
  if (generated.length === 0 && !mayHold) return rendered;
  const unnamed = generated.filter(({ resource }) => hashSuffix.test(resource.name));
  const names = new Set(unnamed.map(({ resource }) => resource.name));
  const kept = rendered.objects.filter(object => !unnamed.includes(object));
  return {
    ...rendered,
    objects: kept.map(object =>
      generated.includes(object) ? withCiphers(object) : withSealed(object, names),
    ),
    notChecked: [
      ...rendered.notChecked,
      ...unnamed.map(({ resource, source }) => ({ resource, reason: nameless, place: source })),
    ],
  };
}

const nameless =
  'it is generated from files that SOPS encrypted, and its name ends with a hash of what they hold: --decrypt compares it';

function isGeneratedFromCiphers({ resource, value }: RenderedObject): boolean {
  if (resource.kind !== 'Secret' || resource.group !== '' || isObject(value.sops)) return false;
  return Object.values(isObject(value.data) ? value.data : {}).some(isSealedData);
}

function isSealedData(value: Json): boolean {
  return typeof value === 'string' && Buffer.from(value, 'base64').toString().includes(cipher);
}

/** The generated Secret as one that SOPS encrypted as a whole: its keys are known, its values are not. */
function withCiphers(object: RenderedObject): RenderedObject {
  const data = isObject(object.value.data) ? object.value.data : {};
  const entries = Object.entries(data).flatMap(([key, value]): [string, Json][] => {
    // What SOPS itself writes into a dotenv file.
    if (/^sops_/.test(key)) return [];
    return [[key, isSealedData(value) ? `${cipher}]` : value]];
  });
  const sops = { mac: `${cipher}]` };
  const value: JsonObject = { ...object.value, data: Object.fromEntries(entries), sops };
  return { ...object, value };
}

/** Marks what is the name of a Secret whose name is not known, and what holds an encrypted value. */
function withSealed(object: RenderedObject, names: ReadonlySet<string>): RenderedObject {
  if (isObject(object.value.sops)) return object;
  const paths: string[] = [];
  const visit = (value: Json, at: Pointer): void => {
    if (isObject(value)) for (const [key, item] of Object.entries(value)) visit(item, [...at, key]);
    else if (Array.isArray(value))
      for (const [index, item] of value.entries()) visit(item, [...at, index]);
    else if (typeof value === 'string' && (names.has(value) || value.includes(cipher)))
      paths.push(formatPath(at));
  };
  visit(object.value, []);
  return paths.length === 0 ? object : { ...object, sealed: paths };
}
