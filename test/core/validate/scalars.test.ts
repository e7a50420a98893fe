import { describe, expect, it } from 'vitest';
import {
  formatProblem,
  isQuantity,
  quantityProblem,
} from '../../../src/core/validate/structure/scalars.ts';

describe('quantities', () => {
  it.each(['0', '.5', '5.', '+3', '-1', '1e3', '1E3', '12E', '1.5Ti', '500m', '100n', ' 1Gi '])(
    '%s is one',
    text => {
      expect(isQuantity(text)).toBe(true);
    },
  );
  it.each(['', 'one', '1.5 Gi', '512mb', '1KiB', '1K', '1ki', '1e', '0x10', '1,5'])(
    '%s is none',
    text => {
      expect(isQuantity(text)).toBe(false);
    },
  );
  it.each([
    ['512mb', '512M'],
    ['1.5 Gi', '1.5Gi'],
    ['512MIB', '512Mi'],
    ['1K', '1k'],
    ['one', undefined],
  ])('%s was meant as %s', (text, near) => {
    expect(quantityProblem(text)?.fix).toBe(near);
  });
});

describe('formats', () => {
  it.each([
    ['YQ==', 'byte', true],
    ['YWJj\nYWJj\n', 'byte', true],
    ['YQ=', 'byte', false],
    ['2026-01-31T12:00:00Z', 'date-time', true],
    ['2026-01-31T12:00:00.123456+02:00', 'date-time', true],
    ['2026-01-31', 'date-time', false],
    ['anything', 'int32', true],
  ])('%j as %s: %s', (text, format, valid) => {
    expect(formatProblem(text, format) === undefined).toBe(valid);
  });
});
