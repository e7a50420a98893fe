import { Cron } from 'croner';
import { matchesArgoGlob } from '../../lib/argo-glob.ts';
import { durationOf } from '../../lib/duration.ts';
import { objectsAt, textAt, textsAt, valueAt } from '../../model/fields.ts';
import type { JsonObject } from '../../model/resource.ts';
import { minuteText } from '../../words/age.ts';

/**
 * Why the sync windows of an AppProject do not let a person (or its own automation) sync this Application now: one
 * sentence; undefined when they do. As Argo CD decides it; `syncOverrun` is only about syncs that run already.
 */
export function deniedByWindow(
  project: JsonObject,
  application: JsonObject,
  now: Date,
  by: 'person' | 'automation' = 'person',
): string | undefined {
  const name = textAt(project, 'metadata', 'name') ?? '';
  const windows: Window[] = [];
  for (const written of windowsFor(project, application)) {
    const window = windowOf(written, now);
    if (!window)
      return `The AppProject ${name} has a sync window that cannot be read (${shown(written)}), so Argo CD refuses every sync.`;
    windows.push(window);
  }
  const denying = windows.filter(({ kind, isOpen }) => kind === 'deny' && isOpen);
  if (denying.length > 0) {
    if (by === 'person' && denying.every(({ manual }) => manual)) return undefined;
    const endless = denying.some(({ ends }) => ends === undefined);
    const until = endless ? 'it is changed' : latest(denying.map(({ ends }) => ends));
    return `A sync window of the AppProject ${name} denies syncs until ${until} (${described(denying)}).`;
  }
  const allowing = windows.filter(({ kind }) => kind === 'allow');
  const isOpen = allowing.length === 0 || allowing.some(window => window.isOpen);
  if (isOpen || (by === 'person' && allowing.every(({ manual }) => manual))) return undefined;
  const from = earliest(allowing.map(({ opens }) => opens));
  return `The AppProject ${name} allows syncs in its sync windows only; the next one opens at ${from} (${described(allowing)}).`;
}

interface Window {
  /** `allow` or `deny`; others count for nothing. */
  kind: string;
  manual: boolean;
  /** How it is written, for people. */
  text: string;
  isOpen: boolean;
  /** When the present one ends; undefined for one without an end. */
  ends: Date | undefined;
  /** When the next one opens. */
  opens: Date | undefined;
}

/** Undefined for what Argo CD cannot read either. */
function windowOf(written: JsonObject, now: Date): Window | undefined {
  const duration = durationOf(textAt(written, 'duration') ?? '');
  const schedule = scheduleOf(written, now);
  if (duration === undefined || !schedule) return undefined;
  const [start] = schedule.previousRuns(1, now);
  const ends = start && new Date(start.getTime() + duration);
  const opens = schedule.nextRun(now) ?? undefined;
  return {
    kind: textAt(written, 'kind') ?? '',
    manual: written.manualSync === true,
    text: shown(written),
    // One that never begins (on the 31st of November) is open at any time for Argo CD.
    isOpen: opens === undefined || (ends !== undefined && ends > now),
    ends: opens && ends,
    opens,
  };
}

/** Five fields as Argo CD's parser takes them, which knows neither nicknames nor `L`, `W`, `#` and weekday 7. */
function isSchedule(text: string): boolean {
  const fields = text.trim().split(/\s+/);
  const parts = fields.flatMap(field => field.split(','));
  const part = /^(?:[*?]|(?:\d+|[a-z]{3})(?:-(?:\d+|[a-z]{3}))?)(?:\/\d+)?$/i;
  return parts.every(each => part.test(each)) && !/(^|[,-])7(?=$|[,/-])/.test(fields[4] ?? '');
}

function scheduleOf(written: JsonObject, now: Date): Cron | undefined {
  const schedule = textAt(written, 'schedule') ?? '';
  if (!isSchedule(schedule)) return undefined;
  const utcOffset = offsetOf(textAt(written, 'timeZone') || 'UTC', now);
  try {
    return new Cron(schedule, { mode: '5-part', sloppyRanges: true, utcOffset });
  } catch {
    return undefined;
  }
}

/**
 * Minutes by which a time zone is ahead of UTC now: Argo CD takes this offset for all of a schedule, and a zone
 * that nobody knows for UTC.
 */
function offsetOf(timeZone: string, now: Date): number {
  try {
    const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
    const name = format.formatToParts(now).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
  } catch {
    return 0;
  }
}

/** The windows that are about this Application: one of its lists matches, with `andOperator` all that it has. */
function windowsFor(project: JsonObject, application: JsonObject): JsonObject[] {
  const at = (...path: string[]) => textAt(application, ...path) ?? '';
  const values: Record<string, string[]> = {
    applications: [at('metadata', 'name')],
    clusters: [at('spec', 'destination', 'name'), at('spec', 'destination', 'server')].filter(
      value => value !== '',
    ),
    namespaces: [at('spec', 'destination', 'namespace')],
  };
  return objectsAt(project, 'spec', 'syncWindows').filter(window => {
    const matches = Object.entries(values).flatMap(([list, own]) => {
      const globs = textsAt(window, list);
      if (globs.length === 0) return [];
      return globs.some(glob => own.some(value => matchesArgoGlob(glob, value)));
    });
    const all = valueAt(window, 'andOperator') === true;
    return matches.length > 0 && (all ? matches.every(Boolean) : matches.some(Boolean));
  });
}

function shown(window: JsonObject): string {
  const zone = textAt(window, 'timeZone');
  const place = zone && zone !== 'UTC' ? ` ${zone}` : '';
  const words = `${textAt(window, 'kind')} ${textAt(window, 'schedule')}${place} for ${textAt(window, 'duration')}`;
  const description = textAt(window, 'description');
  return description ? `${words}, ${description.trim()}` : words;
}

function described(windows: readonly Window[]): string {
  return windows.map(({ text }) => text).join('; ');
}

function latest(dates: readonly (Date | undefined)[]): string | undefined {
  return minute(dates.flatMap(date => date ?? []).sort((a, b) => b.getTime() - a.getTime())[0]);
}

function earliest(dates: readonly (Date | undefined)[]): string | undefined {
  return minute(dates.flatMap(date => date ?? []).sort((a, b) => a.getTime() - b.getTime())[0]);
}

function minute(date: Date | undefined): string | undefined {
  return date && minuteText(date.toISOString());
}
