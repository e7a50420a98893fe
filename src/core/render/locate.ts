import type { Pointer } from '../model/path.ts';
import type { Provenance } from '../model/rendered.ts';
import type { Place } from '../model/source.ts';
import type { RendererPlace, RendererProvenance } from '../upstream/renderer.ts';
import type { WrittenTexts } from './written-texts.ts';

export type Locate = (pointer: Pointer) => Provenance;

/** Knows the object's place only. */
export function locateAt(source: Place): Locate {
  return () => ({ ...source, how: 'unknown', via: [] });
}

/** The place of a field, or of the nearest parent that has one. */
export function locateIn({ source, fields }: RendererProvenance, texts: WrittenTexts): Locate {
  return pointer => {
    const exact = fields[pointerText(pointer)];
    if (exact) return provenance(exact);
    for (let length = pointer.length - 1; length > 0; length--) {
      const near = fields[pointerText(pointer.slice(0, length))];
      const below = near?.below && texts.below(near, pointer.slice(length));
      if (near && below) return { ...provenance(near), ...below };
      if (near) return { ...provenance(near), how: 'unknown' };
    }
    return { ...provenance(source), how: 'unknown' };
  };
}

function provenance({ file, line, column, how, via = [] }: RendererPlace): Provenance {
  return { file, line, column, how, via };
}

/** RFC 6901. */
export function pointerText(pointer: Pointer): string {
  return pointer
    .map(step => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/** Steps of an RFC 6901 pointer; list indices stay text. */
export function pointerSteps(text: string): string[] {
  return text
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The number of the first line of a text that a test accepts; undefined where none does. */
export function lineWhere(text: string, test: (line: string) => boolean): number | undefined {
  const at = text.split(/\r?\n/).findIndex(test);
  return at < 0 ? undefined : at + 1;
}
