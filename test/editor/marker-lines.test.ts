import { describe, expect, it } from 'vitest';
import { isCurrent, type LineChange, movedLines } from '../../src/editor/drift/marker-lines.ts';
import { resource } from './states.ts';

const at = (line: number) => ({
  line,
  text: 'production runs 5',
  state: 'drifted' as const,
  environment: 'production',
  object: resource('Deployment', 'web'),
});
const after = (lines: number[], ...changes: LineChange[]) =>
  movedLines(lines.map(at), changes).map(({ line }) => line);

describe('markers while a text is edited', () => {
  it('stay with their lines', () => {
    const breakAbove = { start: 2, end: 2, breaks: 1, wholeLine: false };
    expect(after([1, 2, 6], breakAbove)).toEqual([1, 2, 7]);
    expect(after([2, 6], { ...breakAbove, wholeLine: true })).toEqual([3, 7]);
    expect(after([6], { start: 6, end: 6, breaks: 0, wholeLine: false })).toEqual([6]);
  });

  it('go with lines that are removed', () => {
    const removed = { start: 3, end: 5, breaks: 0, wholeLine: true };
    expect(after([2, 3, 4, 5, 9], removed)).toEqual([2, 3, 7]);
  });

  it('follow several changes of one event, which come from the end to the start', () => {
    const changes = [
      { start: 8, end: 8, breaks: 1, wholeLine: true },
      { start: 1, end: 1, breaks: 2, wholeLine: true },
    ];
    expect(after([0, 4, 9], ...changes)).toEqual([0, 6, 12]);
  });

  it('are taken from answers about the present text only', () => {
    expect(isCurrent({ version: 3 }, 3)).toBe(true);
    expect(isCurrent({ version: 2 }, 3)).toBe(false);
    expect(isCurrent({}, 3)).toBe(true);
  });
});
