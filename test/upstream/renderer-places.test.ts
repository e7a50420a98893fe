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
});
