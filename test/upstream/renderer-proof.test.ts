import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Pointer } from '../../src/core/model/path.ts';
import type { Provenance, Rendered } from '../../src/core/model/rendered.ts';
import type { Repository } from '../../src/core/model/repository.ts';
import { createRendering } from '../../src/core/render/rendering.ts';
import { ResidentProgram } from '../../src/core/upstream/process.ts';
import { requireProgram } from '../../src/core/upstream/programs.ts';
import { type RendererAnswer, RendererProgram } from '../../src/core/upstream/renderer.ts';
import { filesBelow, repositoryOf } from '../core/render/harness.ts';

// Proof by change: text is changed at the place that a field is said to come from; then the field must change.
const corpora = resolve(import.meta.dirname, '../../../shared/corpus');

describe.skipIf(!existsSync(corpora) && !process.env.CI)('places of the corpora', () => {
  const resident = new ResidentProgram({ program: requireProgram('renderer') });
  const renderer = new RendererProgram(resident);
  afterAll(() => resident.close());
  const repository: Repository = { ...repositoryOf(filesBelow(corpora)), root: corpora };
  const rendering = createRendering(repository, renderer);
  // The first repository that a program is given has this tree.
  const tree = `${corpora} working tree 1`;

  it('are the cause of the field', async () => {
    const paths = repository.files
      .filter(file => file.endsWith('/kustomization.yaml'))
      .map(dirname)
      .filter((_, index) => index % 9 === 4);
    const wrong: string[] = [];
    let proven = 0;
    for (const path of paths) {
      const source = { kind: 'kustomize' as const, path };
      const before = await rendering.trace({ source });
      for (const { index, pointer, place } of sample(before)) {
        const changed = await changedText(repository, place);
        if (changed === undefined) continue;
        const after = await withText(place.file, changed, () =>
          resident.request<RendererAnswer>('kustomize', { tree, path }),
        );
        // A change that breaks the build proves as much.
        if (after.failure || showsChange(before, after, index, pointer)) proven++;
        else wrong.push(`${path} ${pointer.join('.')}: ${place.file}:${place.line} ${place.how}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(proven).toBeGreaterThan(150);
  }, 300_000);

  async function withText<T>(file: string, text: string, work: () => Promise<T>): Promise<T> {
    const hash = createHash('sha256').update(text).digest('base64url');
    const own = (await renderer.hashes(repository)).get(file) ?? '';
    await resident.request('content', { texts: { [hash]: text } });
    await resident.request('change', { tree, put: { [file]: hash } });
    try {
      return await work();
    } finally {
      await resident.request('change', { tree, put: { [file]: own } });
    }
  }
});

interface Field {
  index: number;
  pointer: Pointer;
  place: Provenance;
}

/** A few fields of a render, spread over all. */
function sample(rendered: Rendered): Field[] {
  const fields = rendered.objects.flatMap(({ value, locate }, index) =>
    scalarsOf(value).map(pointer => ({ index, pointer, place: locate(pointer) })),
  );
  const known = fields.filter(
    ({ place, pointer }) =>
      place.how !== 'unknown' && pointer[0] !== 'kind' && pointer[0] !== 'apiVersion',
  );
  const step = Math.max(Math.floor(known.length / 4), 1);
  return known.filter((_, index) => index % step === step >> 1).slice(0, 4);
}

/** The file with letters (or a digit) put into the scalar at the place; undefined where that is not simple. */
async function changedText(repository: Repository, place: Provenance): Promise<string | undefined> {
  const lines = Buffer.from(await repository.read(place.file))
    .toString()
    .split('\n');
  const line = lines[place.line - 1] ?? '';
  const rest = line.slice(place.column - 1);
  if (rest === '' || /^[|>&!*{[]/.test(rest)) return undefined;
  const at = place.column - 1 + (/^["']/.test(rest) ? 1 : 0);
  const more = /^-?\d+(?=[\s,}]|$)/.test(rest) ? '7' : 'zz';
  lines[place.line - 1] = line.slice(0, at) + more + line.slice(at);
  return lines.join('\n');
}

/** Names may have changed, and so the order: the values of all objects of the kind are compared. */
function showsChange(
  before: Rendered,
  after: RendererAnswer,
  index: number,
  pointer: Pointer,
): boolean {
  const kind = before.objects[index]?.resource.kind;
  const were = before.objects
    .filter(({ resource }) => resource.kind === kind)
    .map(({ value }) => at(value, pointer));
  const are = after.objects
    .filter(({ value }) => value.kind === kind)
    .map(({ value }) => at(value, pointer));
  return JSON.stringify(were) !== JSON.stringify(are);
}

function at(value: unknown, pointer: Pointer): unknown {
  return pointer.reduce(
    (found: unknown, step) => (found as Record<string | number, unknown> | undefined)?.[step],
    value,
  );
}

function scalarsOf(value: unknown, pointer: Pointer = []): Pointer[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => scalarsOf(item, [...pointer, index]));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, item]) => scalarsOf(item, [...pointer, key]));
  return [pointer];
}
