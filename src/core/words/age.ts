const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * How long ago a time (RFC 3339) was, as people say it: `just now`, `20 min ago`, `3 h ago`, `yesterday`,
 * `2 d ago`; after 60 days the date. Undefined for what is no time. Clocks that are a little ahead are
 * `just now`; a time more than an hour ahead is given as it is.
 */
export function ageText(time: string, now: Date): string | undefined {
  const then = Date.parse(time);
  if (Number.isNaN(then)) return undefined;
  const age = now.getTime() - then;
  if (age < -hour || age >= 60 * day) return `on ${new Date(then).toISOString().slice(0, 10)}`;
  if (age < minute) return 'just now';
  if (age < hour) return `${Math.floor(age / minute)} min ago`;
  if (age < day) return `${Math.floor(age / hour)} h ago`;
  return age < 2 * day ? 'yesterday' : `${Math.floor(age / day)} d ago`;
}

/** `12:03`, by the clock of whoever reads it; with the day where it is not today; what is no time as it is. */
export function clockText(time: string, now: Date): string {
  const then = new Date(time);
  if (Number.isNaN(then.getTime())) return time;
  const two = (number: number) => String(number).padStart(2, '0');
  const clock = `${two(then.getHours())}:${two(then.getMinutes())}`;
  if (then.toDateString() === now.toDateString()) return clock;
  return `${[then.getFullYear(), two(then.getMonth() + 1), two(then.getDate())].join('-')} ${clock}`;
}

/** A time to the minute, for reports that are read later: `2026-03-04 09:00 UTC`; what is no time as it is. */
export function minuteText(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
