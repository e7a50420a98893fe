import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Agreements } from '../../../../src/core/drift/server/agreements.ts';
import type { DriftPath, DriftResult } from '../../../../src/core/model/drift.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'driftline-agreements-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const path = { path: '.data.level', kind: 'changed', desired: 'info', live: 'hunter2', by: [] };
const result = (more: Partial<DriftResult> = {}): DriftResult => ({
  resource: { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'settings' },
  state: 'drifted',
  paths: [path as DriftPath],
  extra: [],
  notes: [],
  confirmed: 'local',
  ...more,
});
const session = (about = 'production') => new Agreements(folder, about);

function kept(question = 'u|1|q', local = result()): void {
  const first = session();
  first.add(question, local);
  first.save();
}

describe('what the server agreed to', () => {
  it('is known in a later session', () => {
    kept();
    expect(session().knows('u|1|q', result())).toBe(true);
    expect(session().hash('x')).toBe(session('staging').hash('x'));
  });

  it('is not known of another question, another result or another environment', () => {
    kept();
    expect(session().knows('u|2|q', result())).toBe(false);
    const other = { ...path, live: 'debug' } as DriftPath;
    expect(session().knows('u|1|q', result({ paths: [other] }))).toBe(false);
    expect(session().knows('u|1|q', result({ recreate: true }))).toBe(false);
    expect(session('staging').knows('u|1|q', result())).toBe(false);
  });

  it('is kept for a day', () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
    kept();
    vi.setSystemTime(Date.UTC(2026, 0, 1, 23, 59));
    expect(session().knows('u|1|q', result())).toBe(true);
    vi.setSystemTime(Date.UTC(2026, 0, 2, 0, 1));
    expect(session().knows('u|1|q', result())).toBe(false);
  });

  it('is not kept of Secrets, nor of what was in doubt', () => {
    const secret = result({ resource: { ...result().resource, kind: 'Secret' } });
    const doubted = result({ state: 'suspect' });
    for (const local of [secret, doubted]) {
      kept('u|1|q', local);
      expect(session().knows('u|1|q', local)).toBe(false);
    }
  });

  it('is forgotten where a person asks for the word anew', () => {
    kept();
    const second = session();
    second.clear();
    expect(second.knows('u|1|q', result())).toBe(false);
    second.save();
    expect(session().knows('u|1|q', result())).toBe(false);
  });

  it('is on disk as hashes only, and nothing to who has not the key', () => {
    kept();
    const texts = readdirSync(folder).map(name => readFileSync(join(folder, name), 'utf8'));
    for (const word of ['settings', 'hunter2', 'production', 'level', 'u|1|q'])
      expect(texts.join()).not.toContain(word);
    writeFileSync(join(folder, 'key'), 'x'.repeat(43));
    expect(session().knows('u|1|q', result())).toBe(false);
  });

  it('is nothing where its file is damaged, or the folder cannot be written', () => {
    kept();
    const file = readdirSync(folder).find(name => name.endsWith('.json')) ?? '';
    for (const text of ['', '{', '{"a":1}', '[1,["x"],null]', '[["x","y"]]']) {
      writeFileSync(join(folder, file), text);
      expect(session().knows('u|1|q', result())).toBe(false);
    }
    const nowhere = new Agreements(join(folder, file, 'below'), 'production');
    nowhere.add('u|1|q', result());
    nowhere.save();
    expect(nowhere.knows('u|1|q', result())).toBe(true);
  });
});
