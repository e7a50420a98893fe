import type { Pointer } from '../model/path.ts';
import type { FieldPlace, RenderedObject } from '../model/rendered.ts';
import { childrenOf, type Json } from '../model/resource.ts';
import type { RendererPlace, RendererProvenance } from '../upstream/renderer.ts';
import { pointerText } from './locate.ts';
import type { WrittenTexts } from './written-texts.ts';

/** The `places` of an object of the renderer's. */
export function placesIn(
  value: Json,
  { source, fields }: RendererProvenance,
  texts: WrittenTexts,
): NonNullable<RenderedObject['places']> {
  return (visit, inside) => {
    const walk = (part: Json, at: Pointer, text: string, near: RendererPlace) => {
      const own = fields[text];
      if (own?.below && inside(own.file)) return insideOf(own, part, at, { visit, texts });
      const children = own?.below ? undefined : childrenOf(part);
      if (children === undefined) return visit(at, own ?? { ...near, how: 'unknown' });
      for (const [step, child] of children)
        walk(child, [...at, step], text + pointerText([step]), own ?? near);
    };
    walk(value, [], '', source);
  };
}

/** Tells the place of every field without parts of an object, as its `places` does. */
export function eachPlace(
  object: RenderedObject,
  inside: (file: string) => boolean,
  visit: (pointer: Pointer, place: FieldPlace) => void,
): void {
  if (object.places) object.places(visit, inside);
  else for (const pointer of leavesOf(object.value, [])) visit(pointer, object.locate(pointer));
}

function* leavesOf(value: Json, at: Pointer): Generator<Pointer> {
  const children = childrenOf(value);
  if (children === undefined) yield at;
  else for (const [step, child] of children) yield* leavesOf(child, [...at, step]);
}

interface Inside {
  visit: (pointer: Pointer, place: FieldPlace) => void;
  texts: WrittenTexts;
}

/** The fields of a part that stands as it is in a file. */
function insideOf(map: RendererPlace, part: Json, start: Pointer, { visit, texts }: Inside): void {
  for (const { pointer, at } of texts.fieldsBelow(map, part))
    visit([...start, ...pointer], at ? { ...map, ...at } : { ...map, how: 'unknown' });
}
