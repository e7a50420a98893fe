import { describe, expect, it } from 'vitest';
import { fieldOnLine, lineOfField } from '../../../src/core/live/rendered-text.ts';

const text = `apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  labels:
    a.b/c: d
data:
  script: |
    first
    second
spec:
  containers:
    - name: one
      args: [a, b]
    - name: two
`;

describe('fields of a rendered text', () => {
  it('are found by their line, the innermost that begins there or goes on', () => {
    expect(fieldOnLine(text, 4)).toEqual(['metadata', 'name']);
    expect(fieldOnLine(text, 6)).toEqual(['metadata', 'labels', 'a.b/c']);
    expect(fieldOnLine(text, 10)).toEqual(['data', 'script']);
    expect(fieldOnLine(text, 12)).toEqual(['spec', 'containers']);
    expect(fieldOnLine(text, 15)).toEqual(['spec', 'containers', 1, 'name']);
    expect(fieldOnLine(text, 99)).toEqual([]);
  });

  it('have lines; what is not there has that of its parent', () => {
    expect(lineOfField(text, ['spec', 'containers', 1, 'name'])).toBe(15);
    expect(lineOfField(text, ['data', 'script'])).toBe(8);
    expect(lineOfField(text, ['spec', 'containers', 0, 'image'])).toBe(13);
    expect(lineOfField(text, ['status', 'phase'])).toBe(1);
  });
});
