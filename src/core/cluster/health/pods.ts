import { objectsAt, textAt, valueAt } from '../../model/fields.ts';
import type { Health } from '../../model/health.ts';
import type { JsonObject } from '../../model/resource.ts';
import {
  conditionOf,
  degraded,
  type HealthRule,
  healthy,
  isOlder,
  numberAt,
  progressing,
  said,
  suspended,
  unreported,
} from './verdict.ts';

// Pods, and what runs them to completion (drift.md 5.2).

export const pod: HealthRule = (object, now) => {
  const phase = textAt(object, 'status', 'phase');
  if (phase === 'Succeeded') return healthy('It ran to its end.');
  if (phase === 'Failed') return degraded(failed(object));
  const stuck = stuckContainer(object);
  if (stuck) return stuck;
  if (phase === 'Running') return running(object);
  const scheduled = conditionOf(object, 'PodScheduled');
  if (scheduled?.reason === 'Unschedulable' && isOlder(scheduled.since, unschedulable, now))
    return degraded(said(scheduled));
  if (phase === 'Unknown')
    return { status: 'Unknown', reason: 'Its node has not been heard from.' };
  return progressing(
    scheduled && scheduled.status !== 'True'
      ? said(scheduled)
      : 'Its containers are being started.',
  );
};

/** The scheduler tries again within this time before it means what it says. */
const unschedulable = 15_000;

function failed(object: JsonObject): string {
  const message = textAt(object, 'status', 'message') || textAt(object, 'status', 'reason');
  return message ? `It failed: ${message.trim().replace(/\.$/, '')}.` : 'It failed.';
}

function running(object: JsonObject): Health {
  const ready = conditionOf(object, 'Ready');
  const policy = textAt(object, 'spec', 'restartPolicy') ?? 'Always';
  if (policy !== 'Always') return progressing('It runs to its end.');
  if (ready?.status === 'True') return healthy();
  const crashed = crashedContainer(object);
  if (crashed) return crashed;
  return progressing(ready ? said(ready) : 'Its containers are not ready.');
}

/** A container that ended before and is not ready since: it does not start, or does not stay up. */
function crashedContainer(object: JsonObject): Health | undefined {
  const status = objectsAt(object, 'status', 'containerStatuses').find(
    each =>
      each.ready !== true && valueAt(each, 'lastState', 'terminated', 'exitCode') !== undefined,
  );
  if (!status) return undefined;
  const code = valueAt(status, 'lastState', 'terminated', 'exitCode');
  const reason = textAt(status, 'lastState', 'terminated', 'reason') || `exit code ${code}`;
  return degraded(
    `Its container ${textAt(status, 'name') ?? ''} ended (${reason}) and is not ready.`,
  );
}

/** A container that waits for something that does not come by itself. */
function stuckContainer(object: JsonObject): Health | undefined {
  const statuses = ['initContainerStatuses', 'containerStatuses'].flatMap(list =>
    objectsAt(object, 'status', list),
  );
  for (const status of statuses) {
    const reason = textAt(status, 'state', 'waiting', 'reason') ?? '';
    if (!/^Err|Error$|BackOff$|^InvalidImageName$/.test(reason)) continue;
    return degraded(`Its container ${textAt(status, 'name') ?? ''} waits: ${reason}.`);
  }
  return undefined;
}

export const job: HealthRule = object => {
  for (const type of ['Failed', 'FailureTarget']) {
    const failure = conditionOf(object, type);
    if (failure?.status === 'True') return degraded(said(failure));
  }
  if (conditionOf(object, 'Complete')?.status === 'True') return healthy('It ran to its end.');
  const pause = conditionOf(object, 'Suspended');
  if (pause?.status === 'True') return suspended(said(pause));
  if (textAt(object, 'status', 'startTime') === undefined)
    return progressing('It has not been started yet.');
  const done = numberAt(valueAt(object, 'status', 'succeeded'), 0);
  const wanted = numberAt(valueAt(object, 'spec', 'completions'), 1);
  return progressing(`It runs: ${done} of ${wanted} completions.`);
};

export const cronJob: HealthRule = object => {
  if (valueAt(object, 'status') === undefined) return unreported();
  const scheduled = textAt(object, 'status', 'lastScheduleTime');
  if (scheduled === undefined) return healthy('It has not been due yet.');
  if (objectsAt(object, 'status', 'active').length > 0) return healthy('A job of its runs.');
  const successful = textAt(object, 'status', 'lastSuccessfulTime');
  // A job that was removed as soon as it ended is not seen to succeed, so never having succeeded is no proof.
  if (successful === undefined) return healthy('No job of its is known to have succeeded.');
  return Date.parse(successful) < Date.parse(scheduled)
    ? degraded(`Its last job (${scheduled}) did not succeed.`)
    : healthy('Its last job succeeded.');
};
