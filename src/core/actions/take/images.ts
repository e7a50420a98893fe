import { isObject, type Json, type JsonObject } from '../../model/resource.ts';

interface Image {
  name: string;
  tag?: string | undefined;
  digest?: string | undefined;
}

/** The parts of an image reference: a colon behind the last slash begins the tag. */
export function imageParts(text: string): Image {
  const [before = '', digest] = text.split('@');
  const colon = before.lastIndexOf(':');
  const hasTag = colon > before.lastIndexOf('/');
  return {
    name: hasTag ? before.slice(0, colon) : before,
    ...(hasTag && { tag: before.slice(colon + 1) }),
    ...(digest !== undefined && { digest }),
  };
}

/**
 * An entry of a kustomization's `images` that makes the image that runs; what it says already stays. Undefined for
 * what is no such entry.
 */
export function imageEntry(entry: Json | undefined, live: string): JsonObject | undefined {
  if (!isObject(entry) || typeof entry.name !== 'string') return undefined;
  const { name, tag, digest } = imageParts(live);
  const { newTag: _, digest: __, ...rest } = entry;
  const isNamed = name === (typeof entry.newName === 'string' ? entry.newName : entry.name);
  return {
    ...rest,
    ...(!isNamed && { newName: name }),
    ...(tag !== undefined && { newTag: tag }),
    ...(digest !== undefined && { digest }),
  };
}
