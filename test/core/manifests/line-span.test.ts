import { describe, expect, it } from 'vitest';
import {
  documentAround,
  itemAround,
  spanBelow,
  startOfValue,
} from '../../../src/core/manifests/line-span.ts';

const yaml = `kind: Deployment # 1
metadata:
  labels: &labels # 3
    app: web

  # a comment
  name: web # 7
spec:
  containers: # 9
  - name: app
    image: web:1 # 11
    args: ["-c",
      "-d"] # 13
    text: >-
      folded # 15

      # no comment
    long: begins # 18
      goes on # 19
  - |
    in an item # 21
---
kind: Service # 23`.split('\n');

const template = `{{- if .Values.on }}
a: {{ .Values.a }} # 2
{{- range .Values.list }}
- {{ . }} # 4
{{- end }}
{{- else if .Values.off }}
b: 1 # 7
{{- else }}
c: {{ if .x }}1{{ else }}2{{ end }} # 9
{{- end }}
d: 2`.split('\n');

describe('the lines that a line stands over', () => {
  it('are the children of a key, with the items of its list at its own depth', () => {
    expect(spanBelow(yaml, 2)).toEqual({ from: 2, to: 7 });
    expect(spanBelow(yaml, 3)).toEqual({ from: 3, to: 4 });
    expect(spanBelow(yaml, 9)).toEqual({ from: 9, to: 21 });
    expect(spanBelow(yaml, 12)).toEqual({ from: 12, to: 13 });
    expect(spanBelow(yaml, 14)).toEqual({ from: 14, to: 17 });
    expect(spanBelow(yaml, 20)).toEqual({ from: 20, to: 21 });
  });

  it('are none for a line that says all itself, an empty one and a comment', () => {
    for (const line of [1, 4, 5, 6, 7, 10, 11, 18, 23, 99])
      expect(spanBelow(yaml, line)).toBeUndefined();
  });

  it('are the body of an action in a template, each branch by itself', () => {
    expect(spanBelow(template, 1)).toEqual({ from: 1, to: 10 });
    expect(spanBelow(template, 3)).toEqual({ from: 3, to: 5 });
    expect(spanBelow(template, 6)).toEqual({ from: 6, to: 10 });
    expect(spanBelow(template, 8)).toEqual({ from: 8, to: 10 });
    for (const line of [2, 4, 5, 9, 10, 11]) expect(spanBelow(template, line)).toBeUndefined();
  });
});

describe('the line at which a value begins', () => {
  it('is found from every line of it', () => {
    for (const line of [15, 16, 17]) expect(startOfValue(yaml, line)).toBe(14);
    expect(startOfValue(yaml, 19)).toBe(18);
    expect(startOfValue(yaml, 21)).toBe(20);
  });

  it('is none for a value of its own, and for a comment between values', () => {
    for (const line of [1, 4, 6, 7, 10, 11, 18, 23])
      expect(startOfValue(yaml, line)).toBeUndefined();
  });
});

describe('what a line lies in', () => {
  it('is the innermost list item', () => {
    expect(itemAround(yaml, 10)).toEqual({ from: 10, to: 19 });
    expect(itemAround(yaml, 18)).toEqual({ from: 10, to: 19 });
    expect(itemAround(yaml, 9)).toBeUndefined();
    expect(itemAround(yaml, 7)).toBeUndefined();
  });

  it('is the document between its marks', () => {
    expect(documentAround(yaml, 4)).toEqual({ from: 1, to: 21 });
    expect(documentAround(yaml, 23)).toEqual({ from: 23, to: 23 });
  });
});
