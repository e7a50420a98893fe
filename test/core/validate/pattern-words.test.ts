import { describe, expect, it } from 'vitest';
import { patternWords } from '../../../src/core/validate/structure/pattern-words.ts';

const duration = '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$';
const address = '^(http|https|ssh)://.*$';

describe('a pattern in words', () => {
  it.each([
    [
      duration,
      '1d',
      'must be a duration such as 30s, 5m or 1h30m (units ms, s, m and h), not "1d"; a day is 24h',
    ],
    [
      duration,
      '5 minutes',
      'must be a duration such as 30s, 5m or 1h30m (units ms, s, m and h), not "5 minutes"',
    ],
    [
      address,
      'git@git.example.com:acme/fleet.git',
      'must begin with http://, https:// or ssh://, not "git@git.example.com:acme/fleet.git"; write ssh://git@git.example.com/acme/fleet.git',
    ],
    ['^oci://.*$', 'https://x', 'must begin with oci://, not "https://x"'],
    ['^[a-z]+$', 'A', undefined],
  ])('%s: %s', (pattern, text, words) => {
    expect(patternWords(pattern, text)).toBe(words);
  });
});
