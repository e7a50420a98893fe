import { formatPath, type Pointer } from '../model/path.ts';
import type { RenderedObject, RenderFault } from '../model/rendered.ts';
import type { Repository } from '../model/repository.ts';
import { isObject, type Json, type JsonObject, resourceOf } from '../model/resource.ts';
import type { Place } from '../model/source.ts';
import type { RendererAnswer, RendererObject } from '../upstream/renderer.ts';
import { placesIn } from './field-places.ts';
import { locateAt, locateIn, pointerSteps } from './locate.ts';
import type { RenderedSource } from './renderer.ts';
import { WrittenTexts } from './written-texts.ts';

/**
 * Reads the renderer's answer. Objects that may not be what would be applied, and documents that are no
 * objects, are *not checked*; `place` is where to look where nothing nearer is known.
 */
export async function renderedFrom(
  answer: RendererAnswer,
  place: Place,
  repository: Repository,
): Promise<RenderedSource> {
  const texts = await WrittenTexts.of(answer, repository);
  const { text, reads, absent, listed } = answer;
  const rendered: RenderedSource = { text, reads, absent, listed, objects: [], notChecked: [] };
  if (answer.unused)
    rendered.unused = answer.unused.map(({ kind, name, ...place }) => ({ kind, name, place }));
  for (const made of (answer.objects ?? []).flatMap(withItems)) {
    const source = placeOf(made, place);
    const { value } = made;
    const resource = isObject(value) ? resourceOf(value) : undefined;
    if (value && resource && made.unresolved === undefined) {
      const locate = made.provenance ? locateIn(made.provenance, texts) : locateAt(source);
      const object: RenderedObject = { resource, value, source, locate };
      if (made.provenance) object.places = placesIn(value, made.provenance, texts);
      if (made.volatile) object.volatile = made.volatile.map(text => pathOf(value, text));
      if (made.sensitive) object.sensitive = made.sensitive.map(text => pathOf(value, text));
      rendered.objects.push(object);
    } else if (value) {
      const reason = made.unresolved ?? 'it has no apiVersion, kind or name';
      const { unset } = made;
      rendered.notChecked.push({ resource, reason, place: source, ...(unset && { unset }) });
    }
  }
  return rendered;
}

/** The causes of a failure, if the renderer looked for them. */
export function faultsOf(
  { failure }: RendererAnswer,
  tool: RenderFault['tool'],
): { faults?: RenderFault[] } {
  if (!failure?.faults) return {};
  const faults = failure.faults.map(({ file, line, column, related, ...fault }) => ({
    ...fault,
    tool,
    place: { file, line, column },
    ...(related && { related: related.map(({ file, line, column }) => ({ file, line, column })) }),
  }));
  return { faults };
}

function placeOf(made: RendererObject, place: Place): Place {
  if (!made.provenance) return made.source ? { file: made.source, line: 1, column: 1 } : place;
  const { file, line, column } = made.provenance.source;
  return { file, line, column };
}

/** The items of a `List` are applied one by one. */
function withItems(made: RendererObject): RendererObject[] {
  const { kind, items } = made.value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [made];
  return items.filter(isObject).map((value, index) => ({
    ...made,
    value,
    volatile: below(made.volatile, `/items/${index}`),
    sensitive: partsBelow(made.sensitive, `/items/${index}`),
    provenance: made.provenance && {
      source: made.provenance.fields[`/items/${index}/kind`] ?? made.provenance.source,
      fields: fieldsBelow(made.provenance.fields, `/items/${index}`),
    },
  }));
}

function below(pointers: string[] | undefined, prefix: string): string[] | undefined {
  return pointers
    ?.filter(pointer => pointer.startsWith(`${prefix}/`))
    .map(pointer => pointer.slice(prefix.length));
}

/** As `below`; what holds all of it is all of it. */
function partsBelow(pointers: string[] | undefined, prefix: string): string[] | undefined {
  const whole = pointers?.some(pointer => `${prefix}/`.startsWith(`${pointer}/`));
  return whole ? [''] : below(pointers, prefix);
}

function fieldsBelow<T>(fields: Record<string, T>, prefix: string): Record<string, T> {
  const entries = Object.entries(fields).filter(([pointer]) => pointer.startsWith(`${prefix}/`));
  return Object.fromEntries(
    entries.map(([pointer, place]) => [pointer.slice(prefix.length), place]),
  );
}

function pathOf(root: JsonObject, text: string): string {
  const pointer: Pointer = [];
  let value: Json | undefined = root;
  for (const step of pointerSteps(text)) {
    const index = Array.isArray(value) ? Number(step) : step;
    pointer.push(index);
    value = Array.isArray(value) ? value[Number(step)] : isObject(value) ? value[step] : undefined;
  }
  return formatPath(pointer);
}
