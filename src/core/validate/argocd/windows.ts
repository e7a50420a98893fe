import { Cron } from 'croner';
import { messageOf } from '../../lib/errors.ts';
import { objectsAt, textAt, textsAt } from '../../model/fields.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { EngineObject } from '../engine-object.ts';
import type { Violation } from '../violation.ts';

/** Sync windows that Argo CD cannot read: it then refuses every sync of the project (SyncWindow.Validate). */
export function checkSyncWindows({ object, resource }: EngineObject): Violation[] {
  if (resource.kind !== 'AppProject') return [];
  return objectsAt(object, 'spec', 'syncWindows').flatMap((window, index) =>
    windowFaults(window).map(({ field, message }) => ({
      rule: 'argo-sync-window',
      severity: 'error' as const,
      pointer: ['spec', 'syncWindows', index, ...(field === '' ? [] : [field])],
      on: 'value' as const,
      message,
    })),
  );
}

function windowFaults(window: JsonObject): { field: string; message: string }[] {
  const [kind = '', schedule = '', duration = ''] = ['kind', 'schedule', 'duration'].map(field =>
    textAt(window, field),
  );
  const faults: { field: string; message: string }[] = [];
  if (kind !== 'allow' && kind !== 'deny')
    faults.push({
      field: 'kind',
      message: `The kind of a sync window is allow or deny, not ${JSON.stringify(kind)}.`,
    });
  const problem = cronProblem(schedule, textAt(window, 'timeZone'));
  if (problem !== undefined) faults.push({ field: 'schedule', message: problem });
  if (!/^(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+$/.test(duration))
    faults.push({
      field: 'duration',
      message: `The duration of a sync window is like 1h30m, not ${JSON.stringify(duration)}; a day is 24h.`,
    });
  const who = ['applications', 'namespaces', 'clusters'];
  if (who.every(field => textsAt(window, field).length === 0))
    faults.push({
      field: '',
      message: 'A sync window must say applications, namespaces or clusters; "*" is all of them.',
    });
  return faults;
}

/** Five fields, or a word such as `@daily`, as robfig/cron's standard parser reads them. */
function cronProblem(schedule: string, timeZone: string | undefined): string | undefined {
  const isWord = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly|every .+)$/.test(
    schedule,
  );
  if (isWord) return undefined;
  const fields = schedule.trim().split(/\s+/);
  const plain =
    fields[0]?.startsWith('TZ=') || fields[0]?.startsWith('CRON_TZ=') ? fields.slice(1) : fields;
  if (plain.length !== 5)
    return `The schedule of a sync window has five fields (minute hour day month weekday), not ${plain.length}.`;
  try {
    new Cron(plain.join(' '), {
      paused: true,
      ...(timeZone ? { timezone: timeZone } : {}),
    }).nextRun();
    return undefined;
  } catch (error) {
    return `The schedule ${JSON.stringify(schedule)} cannot be read: ${messageOf(error).replace(/\.$/, '')}.`;
  }
}
