import { describe, expect, it } from 'vitest';
import { deniedByWindow } from '../../../../src/core/engines/argocd/sync-windows.ts';
import { matchesArgoGlob } from '../../../../src/core/lib/argo-glob.ts';
import type { JsonObject } from '../../../../src/core/model/resource.ts';

// A Wednesday.
const now = new Date('2026-03-04T09:30:00Z');
const application = {
  metadata: { name: 'shop', namespace: 'argocd' },
  spec: { destination: { server: 'https://eu.example:6443', name: '', namespace: 'shop-prod' } },
};
const everything = { applications: ['*'] };
const open = { schedule: '0 9 * * *', duration: '1h', ...everything };
const closed = { schedule: '0 22 * * *', duration: '1h', ...everything };

function denied(...syncWindows: JsonObject[]): string | undefined {
  return deniedByWindow({ metadata: { name: 'team' }, spec: { syncWindows } }, application, now);
}

describe('when a sync window is in the way', () => {
  it('is not where there is none', () => {
    expect(denied()).toBeUndefined();
    expect(deniedByWindow({ spec: {} }, application, now)).toBeUndefined();
  });

  it('is while a deny window is open, and says until when', () => {
    expect(denied({ kind: 'deny', ...open, description: 'audit' })).toBe(
      'A sync window of the AppProject team denies syncs until 2026-03-04 10:00 UTC (deny 0 9 * * * for 1h, audit).',
    );
    expect(denied({ kind: 'deny', ...closed })).toBeUndefined();
  });

  it('is outside of every allow window, and says when the next one opens', () => {
    expect(denied({ kind: 'allow', ...closed })).toBe(
      'The AppProject team allows syncs in its sync windows only; the next one opens at 2026-03-04 22:00 UTC (allow 0 22 * * * for 1h).',
    );
    expect(denied({ kind: 'allow', ...open })).toBeUndefined();
    expect(denied({ kind: 'allow', ...closed }, { kind: 'allow', ...open })).toBeUndefined();
  });

  it('takes a deny window over an allow window', () => {
    expect(denied({ kind: 'allow', ...open }, { kind: 'deny', ...open })).toContain('denies');
  });

  it('lets a person sync where all windows that count allow it by hand', () => {
    const byHand = { manualSync: true };
    expect(denied({ kind: 'deny', ...open, ...byHand })).toBeUndefined();
    expect(denied({ kind: 'deny', ...open, ...byHand }, { kind: 'deny', ...open })).toContain(
      'denies',
    );
    // One that is not open does not count.
    expect(
      denied({ kind: 'deny', ...open, ...byHand }, { kind: 'deny', ...closed }),
    ).toBeUndefined();
    expect(denied({ kind: 'allow', ...closed, ...byHand })).toBeUndefined();
    // The automatic sync waits all the same.
    const project = (window: JsonObject) => ({
      metadata: { name: 'team' },
      spec: { syncWindows: [{ ...window, ...byHand }] },
    });
    const itself = (window: JsonObject) =>
      deniedByWindow(project(window), application, now, 'automation');
    expect(itself({ kind: 'deny', ...open })).toContain('denies');
    expect(itself({ kind: 'allow', ...closed })).toContain('the next one opens');
    expect(itself({ kind: 'allow', ...open })).toBeUndefined();
  });

  it('opens after its start and closes at its end, to the second', () => {
    const at = (time: string) =>
      deniedByWindow(
        { metadata: { name: 'team' }, spec: { syncWindows: [{ kind: 'deny', ...open }] } },
        application,
        new Date(time),
      ) !== undefined;
    expect(at('2026-03-04T08:59:59Z')).toBe(false);
    expect(at('2026-03-04T09:00:01Z')).toBe(true);
    expect(at('2026-03-04T09:59:59Z')).toBe(true);
    expect(at('2026-03-04T10:00:00Z')).toBe(false);
  });

  it('reads schedules in their time zone', () => {
    const morning = { kind: 'deny', schedule: '0 10 * * *', duration: '1h', ...everything };
    expect(denied(morning)).toBeUndefined();
    expect(denied({ ...morning, timeZone: 'Europe/Berlin' })).toContain(
      'until 2026-03-04 10:00 UTC',
    );
    // As Argo CD does, which only logs it.
    expect(denied({ ...open, kind: 'deny', timeZone: 'Europe/Nowhere' })).toContain('denies');
  });

  it.each([
    ['* * * * *', '61s', true],
    ['0 0 * * 3', '24h', true],
    ['0 0 * * WED', '9h31m', true],
    ['0 0 * * wed', '9h29m', false],
    ['0 0 1 * 3', '24h', true],
    ['0 0 4 * 1', '24h', true],
    ['0 0 5 * 4', '24h', false],
    ['*/15 9 * mar *', '20m', true],
    ['5/30 * * * *', '10m', false],
    ['0 22 * * 1-5', '12h', true],
    ['0 22 * * 6,0', '12h', false],
    ['0 0 1 3 *', '96h', true],
  ])('schedule %s for %s: %s', (schedule, duration, isOpen) => {
    expect(denied({ kind: 'deny', schedule, duration, ...everything }) !== undefined).toBe(isOpen);
  });

  it.each<JsonObject>([
    { kind: 'deny', schedule: 'at dawn', duration: '1h' },
    { kind: 'deny', schedule: '0 9 * *', duration: '1h' },
    { kind: 'deny', schedule: '0 9 * * *', duration: '1 hour' },
    { kind: 'deny', schedule: '0 9 * * *' },
    { kind: 'deny', schedule: '@daily', duration: '1h' },
    { kind: 'deny', schedule: '0 9 * * 7', duration: '1h' },
    { kind: 'maybe', schedule: '60 9 * * *', duration: '1h' },
  ])('a window that cannot be read refuses every sync: $schedule $duration $kind', window => {
    expect(denied({ ...window, ...everything })).toContain('cannot be read');
  });
});

it('a window that never begins is open at any time, as it is for Argo CD', () => {
  const never = { schedule: '0 0 31 nov *', duration: '1h', ...everything };
  expect(denied({ kind: 'deny', ...never })).toContain('denies syncs until it is changed (deny');
  expect(denied({ kind: 'allow', ...never })).toBeUndefined();
  expect(denied({ kind: 'maybe', ...open })).toBeUndefined();
});

describe('which applications a sync window is about', () => {
  const about = (selection: JsonObject) =>
    denied({ kind: 'deny', ...open, applications: [], ...selection }) !== undefined;

  it.each([
    [{ applications: ['shop'] }, true],
    [{ applications: ['other', 'sh*'] }, true],
    [{ applications: ['other'] }, false],
    [{ namespaces: ['*-prod'] }, true],
    [{ namespaces: ['prod'] }, false],
    [{ clusters: ['https://eu.example:6443'] }, true],
    [{ clusters: ['https://*.example:*'] }, true],
    [{ clusters: ['in-cluster'] }, false],
    [{ applications: ['other'], namespaces: ['shop-*'] }, true],
    [{ applications: ['other'], namespaces: ['shop-*'], andOperator: true }, false],
    [{ applications: ['shop'], namespaces: ['shop-*'], andOperator: true }, true],
    [{ applications: ['shop'], clusters: ['us'], andOperator: true }, false],
    [{ andOperator: true }, false],
    [{}, false],
  ])('%j: %s', (selection, expected) => {
    expect(about(selection as JsonObject)).toBe(expected);
  });
});

describe("Argo CD's globs", () => {
  it.each([
    ['*', 'anything/at:all', true],
    ['web', 'web', true],
    ['web', 'web2', false],
    ['web?', 'web2', true],
    ['web-[0-9]', 'web-7', true],
    ['web-[!0-9]', 'web-7', false],
    ['{web,api}-prod', 'api-prod', true],
    ['{web,api}-prod', 'db-prod', false],
    ['a.b', 'axb', false],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['a,b', 'a,b', true],
    ['{web', 'web', false],
    ['web}', 'web', false],
    ['[z-a]', 'b', false],
    ['a**b', 'axyzb', true],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(matchesArgoGlob(pattern, text)).toBe(expected);
  });
});
