import type { DriftPath } from '../core/model/drift.ts';
import { type Resource, resourceText } from '../core/model/resource.ts';
import { shortPath } from '../core/words/short-path.ts';
import { isSecret, printable, valueText } from '../core/words/values.ts';

/** What the repository would say then: `Take 5 into this file`; undefined for what is never taken. */
export function takeTitle(object: Resource, path: DriftPath): string | undefined {
  const { kind, live } = path;
  if (path.secret || isSecret(object, path.path)) return undefined;
  const field = shortPath(path.path);
  switch (kind) {
    case 'changed':
      return live === undefined ? undefined : `Take ${short(valueText(live))} into this file`;
    case 'missing':
      return `Take ${field} out of this file`;
    case 'stale':
      return live === undefined ? undefined : `Take ${field} into this file`;
    case 'order':
      return 'Take this order into this file';
  }
}

/** `Ignore spec.replicas: HorizontalPodAutoscaler shop/web scales this Deployment`. */
export function ignoreTitle(object: Resource, { path, suggests }: DriftPath): string {
  const field = shortPath(path);
  const about = suggests
    ? `: ${suggests.because.replace(/\.$/, '')}`
    : ` of ${printable(resourceText(object))}`;
  return `Ignore ${field}${about}`;
}

/** Where something else sets a field, the manifest need not say it. */
export function removeTitle({ path, kind, suggests }: DriftPath): string | undefined {
  if (!suggests || kind !== 'changed') return undefined;
  const last = /[^.[\]]+$/.exec(shortPath(path))?.[0] ?? shortPath(path);
  return `Remove ${last} from the manifest`;
}

function short(text: string): string {
  const shown = printable(text);
  return shown.length <= 60 ? shown : `${shown.slice(0, 59)}…`;
}
