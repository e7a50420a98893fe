import { mkdtempSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskCache } from '../../../src/core/lib/disk-cache.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'driftline-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const noise = (length: number) =>
  Array.from({ length }, () => Math.random().toString(36)[2] ?? '').join('');
const files = () => readdirSync(folder).map(name => join(folder, name));

describe('a cache on disk', () => {
  it('gives back what it was given, to other processes too', async () => {
    await new DiskCache(folder, 1e6).write('key', 'größer');
    expect(await new DiskCache(folder, 1e6).read('key')).toBe('größer');
    expect(await new DiskCache(folder, 1e6).read('other')).toBeUndefined();
  });

  it('has nothing where a file was not written whole, or is no file of ours', async () => {
    const cache = new DiskCache(folder, 1e6);
    await cache.write('key', noise(10_000));
    const [file = ''] = files();
    truncateSync(file, 3000);
    expect(await cache.read('key')).toBeUndefined();
    writeFileSync(file, 'not zipped');
    expect(await cache.read('key')).toBeUndefined();
    await cache.write('key', 'again');
    expect(await cache.read('key')).toBe('again');
  });

  it('is written by many at a time', async () => {
    const caches = Array.from({ length: 20 }, () => new DiskCache(folder, 1e6));
    await Promise.all(caches.map((cache, index) => cache.write('key', `text ${index % 2}`)));
    expect(await caches[0]?.read('key')).toMatch(/^text [01]$/);
    expect(files()).toHaveLength(1);
  });

  it('stays within its size, keeps what was used last, and clears what a dead process left', async () => {
    const cache = new DiskCache(folder, 20_000);
    const left = join(folder, 'dead.part');
    writeFileSync(left, 'half');
    utimesSync(left, 1000, 1000);
    await cache.write('old', noise(8000));
    await cache.write('used', noise(8000));
    for (const file of files()) utimesSync(file, 2000, 2000);
    await cache.read('used');
    for (const name of ['b', 'c']) await cache.write(name, noise(8000));
    expect(await cache.read('old')).toBeUndefined();
    expect(await cache.read('used')).toBeDefined();
    expect(await cache.read('c')).toBeDefined();
    expect(files()).not.toContain(left);
  });

  it('is none where it cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    const cache = new DiskCache(join(folder, 'file'), 1e6);
    await cache.write('key', 'text');
    expect(await cache.read('key')).toBeUndefined();
  });
});
