import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { faultOf, scalarsOf } from '../../scripts/fuzz-trace/check.ts';
import { titleOf } from '../../scripts/fuzz-trace/judge-trial.ts';
import { Corpora } from '../../scripts/fuzz-trace/subjects.ts';
import { pointerText } from '../../src/core/render/locate.ts';
import { ResidentProgram } from '../../src/core/upstream/process.ts';
import { requireProgram } from '../../src/core/upstream/programs.ts';

// Every place that is reported for a field of the corpora's kustomizations is opened and read.
const corpora = resolve(import.meta.dirname, '../../../shared/corpus');

describe.skipIf(!existsSync(corpora) && !process.env.CI)('places of the corpora', () => {
  const resident = new ResidentProgram({ program: requireProgram('renderer') });
  afterAll(() => resident.close());

  it('hold the value or what made it, and are known for nearly every field', async () => {
    const files = new Corpora(corpora, resident);
    const wrong: string[] = [];
    const unknown: string[] = [];
    let fields = 0;
    let builds = 0;
    for (const subject of files.subjects.filter(({ kind }) => kind === 'kustomization')) {
      const { objects, failure } = await files.trace(subject);
      if (failure !== undefined) continue;
      builds++;
      for (const { value: object, locate } of objects) {
        for (const { pointer, value } of scalarsOf(object)) {
          fields++;
          const place = locate?.(pointer);
          const title = `${subject.path} ${titleOf(object)} ${pointerText(pointer)}`;
          if (!place || place.how === 'unknown') unknown.push(title);
          else {
            const fault = faultOf({ object, pointer, value }, place, files.written(place.file));
            if (fault) wrong.push(`${title}: ${fault}, via ${place.via.join(' > ')}`);
          }
        }
      }
    }
    console.log(`${builds} builds, ${fields} fields, ${unknown.length} unknown`);
    expect(wrong).toEqual([]);
    expect(builds).toBeGreaterThan(750);
    expect(unknown.length).toBeLessThan(fields / 1000);
  }, 600_000);

  it.each([
    ['the corpora', corpora],
    ['our own', resolve(import.meta.dirname, 'charts')],
  ])('are known for nearly every field of the charts of %s', async (_, folder) => {
    const files = new Corpora(folder, resident);
    const wrong: string[] = [];
    let fields = 0;
    let unknown = 0;
    for (const subject of files.subjects.filter(({ kind }) => kind === 'chart')) {
      const { objects } = await files.trace(subject);
      for (const { value: object, locate } of objects)
        for (const field of scalarsOf(object)) {
          fields++;
          const place = locate?.(field.pointer);
          if (!place || place.how === 'unknown') unknown++;
          else if (!stands(files, { object, ...field }, place))
            wrong.push(`${subject.path} ${titleOf(object)} ${pointerText(field.pointer)}`);
        }
    }
    expect(wrong).toEqual([]);
    expect(fields).toBeGreaterThan(100);
    expect(unknown).toBeLessThan(fields / 100);
  });
});

/** An exact place holds the value; the line of an expression has one, or is in a block that an expression writes. */
function stands(
  files: Corpora,
  field: Parameters<typeof faultOf>[0],
  place: Parameters<typeof faultOf>[1],
): boolean {
  const file = files.written(place.file);
  if (place.how === 'exact') return faultOf(field, place, file) === undefined;
  if (place.how !== 'template') return true;
  const before = file.text.split('\n').slice(0, place.line);
  return before.some(line => line.includes('{{'));
}
