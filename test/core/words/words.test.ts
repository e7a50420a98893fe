import { describe, expect, it } from 'vitest';
import { ageText, minuteText } from '../../../src/core/words/age.ts';
import { changeText, ownersText, remarks } from '../../../src/core/words/change.ts';
import { shortPath, shortPaths } from '../../../src/core/words/short-path.ts';
import { isSecret, maskPath, printable, valueText } from '../../../src/core/words/values.ts';
import { ago, changed, now, object } from '../../terminal/report/sample.ts';

const secret = object('v1', 'Secret', 'shop/db');
const settings = object('v1', 'ConfigMap', 'shop/settings');

describe('short paths', () => {
  it.each([
    ['.spec.replicas', 'spec.replicas'],
    ['.spec.template.spec.containers[name="app"].image', 'containers[app].image'],
    [
      '.spec.jobTemplate.spec.template.spec.initContainers[name="a"].env[name="X"].value',
      'initContainers[a].env[X].value',
    ],
    ['.spec.template.spec.nodeSelector.disk', 'spec.template.spec.nodeSelector.disk'],
    ['.spec.ports[port=80,protocol="TCP"].nodePort', 'spec.ports[80/TCP].nodePort'],
    ['.metadata.annotations["a.example.com/b"]', 'metadata.annotations[a.example.com/b]'],
    ['.data["with space"]', 'data["with space"]'],
    ['.metadata.finalizers[="a"]', 'metadata.finalizers[=a]'],
    ['.spec.list[0].x', 'spec.list[0].x'],
    ['.data["a\\u001b[31mb"]', 'data["a\\u001b[31mb"]'],
    ['not a path', 'not a path'],
    ['', '(the whole object)'],
  ])('%s is %s', (path, short) => {
    expect(shortPath(path)).toBe(short);
  });

  it('stay whole where two would be the same', () => {
    const pod = '.spec.template.spec.containers[name="a"].image';
    const other = '.containers[name="a"].image';
    expect([...shortPaths([pod, other, '.x']).values()]).toEqual([
      'spec.template.spec.containers[name="a"].image',
      'containers[name="a"].image',
      'x',
    ]);
  });
});

describe('ages', () => {
  it.each([
    [0, 'just now'],
    [-0.5, 'just now'],
    [1 / 3, '20 min ago'],
    [0.9999, '59 min ago'],
    [1, '1 h ago'],
    [23.9, '23 h ago'],
    [24, 'yesterday'],
    [47.9, 'yesterday'],
    [48, '2 d ago'],
    [24 * 59, '59 d ago'],
    [24 * 60, 'on 2026-01-03'],
    [-2, 'on 2026-03-04'],
  ])('%d hours are %s', (hours, text) => {
    expect(ageText(ago(hours), now)).toBe(text);
  });

  it('do without a time', () => {
    expect(ageText('yesterday', now)).toBeUndefined();
    expect(minuteText('2026-03-04T09:00:59Z')).toBe('2026-03-04 09:00 UTC');
    expect(minuteText('soon')).toBe('soon');
  });
});

describe('values', () => {
  it.each([
    ['web:1.8.2', 'web:1.8.2'],
    ['5', '"5"'],
    [5, '5'],
    ['', '""'],
    ['true', '"true"'],
    ['yes', '"yes"'],
    [true, 'true'],
    [null, 'null'],
    ['null', '"null"'],
    ['not set', '"not set"'],
    ['trailing ', '"trailing "'],
    ['1e3', '"1e3"'],
    ['1.8.2', '1.8.2'],
    ['0.5', '"0.5"'],
    ['.5', '".5"'],
    ['10.0.0.1', '10.0.0.1'],
    ['0x1F', '"0x1F"'],
    [[], '[]'],
    [{ a: [1, 'x, y'], 'b:c': '2' }, '{a: [1, "x, y"], "b:c": "2"}'],
  ])('%j is %s', (value, text) => {
    expect(valueText(value)).toBe(text);
  });

  it('cannot move the cursor or turn the line around', () => {
    expect(printable('a\u001b[2J\r\n\t\u202e\u0000b')).toBe('a\\u001b[2J\\r\\n\\t\\u202e\\u0000b');
    expect(printable('ü 中 😀')).toBe('ü 中 😀');
  });

  it('say what differs in a long text', () => {
    const path = changed('.data.x', { desired: 'a\nb\nc\n', live: 'a\nB\nC\nc\n' });
    expect(changeText(settings, path)).toEqual({ desired: 'b', live: 'B' });
    expect(remarks(path, settings)).toEqual(['lines 2–3 differ, the first shown']);
    const added = changed('.data.x', { desired: 'a\n', live: 'a\nb\n' });
    expect(changeText(settings, added)).toEqual({ desired: 'no such line', live: 'b' });
  });
});

describe('secrets', () => {
  it.each(['', '.data', '.data.a', '.stringData["a.b"]', '.metadata', '.metadata.annotations'])(
    'are at %j',
    path => {
      expect(isSecret(secret, path)).toBe(true);
      expect(isSecret(settings, path)).toBe(false);
    },
  );

  it.each(['.type', '.metadata.labels.a', '.metadata.annotations.team', '.immutable'])(
    'are not at %j',
    path => {
      expect(isSecret(secret, path)).toBe(false);
    },
  );

  it('are masked with all that quotes them', () => {
    const path = changed('.data.a', { desired: 'x1', live: 'x2', sourceText: 'a: x1' });
    expect(maskPath(secret, path)).toEqual({
      path: '.data.a',
      kind: 'changed',
      by: [],
      desired: '•••',
      live: '••• (changed)',
    });
    const stale = { path: '.data.a', kind: 'stale' as const, live: 'x', becomes: 'y', by: [] };
    expect(JSON.stringify(maskPath(secret, stale))).not.toMatch(/"[xy]"/);
  });

  it('that others made are not of kind Secret in the core group', () => {
    expect(isSecret(object('example.com/v1', 'Secret', 'a/b'), '.data.a')).toBe(false);
  });
});

describe('owners', () => {
  it('are named newest first, three at most counted', () => {
    const by = (manager: string, hours: number, subresource?: string) => ({
      manager,
      operation: 'Update' as const,
      time: ago(hours),
      ...(subresource && { subresource }),
    });
    expect(ownersText([by('a', 50), by('hpa', 3, 'scale'), by('c', 30)], now)).toBe(
      'hpa (scale), 3 h ago; c, yesterday; 1 more',
    );
    expect(ownersText([by('kubectl-scale', 1, 'scale')], now)).toBe('kubectl-scale, 1 h ago');
    expect(ownersText([{ manager: 'x', operation: 'Apply' }], now)).toBe('x');
    expect(ownersText([by('a', 3)])).toBe('a, 2026-03-04 09:00 UTC');
    expect(ownersText([], now)).toBe('');
  });
});
