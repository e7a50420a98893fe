import { formatPath, type Pointer } from '../model/path.ts';
import type { Rendered, RenderedObject } from '../model/rendered.ts';
import { isObject, type Json } from '../model/resource.ts';
import { masked } from '../words/values.ts';

/** Shorter values are found in what has nothing to do with them. */
const shortest = 6;

/** Those values that are surely meant wherever a text holds them. */
export function telling(values: ReadonlySet<string>): string[] {
  return [...values].filter(value => value.length >= shortest);
}

/** The render with every field marked that is one of the values, however short it is. */
export function markEqual(rendered: Rendered, values: ReadonlySet<string>): Rendered {
  return { ...rendered, objects: rendered.objects.map(object => withEqual(object, values)) };
}

/** A text in which nothing shows one of the values, in the clear, in base64 or as JSON writes it. */
export function withoutValues(text: string, values: ReadonlySet<string>): string {
  const all = telling(values).flatMap(value => [
    value,
    Buffer.from(value).toString('base64'),
    JSON.stringify(value).slice(1, -1),
  ]);
  // The longest first: one may be a part of another.
  const needles = [...new Set(all)].sort((a, b) => b.length - a.length);
  return needles.reduce((left, value) => left.split(value).join(masked), text);
}

function withEqual(object: RenderedObject, values: ReadonlySet<string>): RenderedObject {
  const paths: string[] = [];
  const visit = (value: Json, at: Pointer): void => {
    if (isObject(value)) for (const [key, item] of Object.entries(value)) visit(item, [...at, key]);
    else if (Array.isArray(value))
      for (const [index, item] of value.entries()) visit(item, [...at, index]);
    else if (values.has(String(value))) paths.push(formatPath(at));
  };
  visit(object.value, []);
  return paths.length === 0
    ? object
    : { ...object, sensitive: [...(object.sensitive ?? []), ...paths] };
}
