import type { ApplicationState, ObjectState } from '../../core/live/state.ts';
import { resourceText } from '../../core/model/resource.ts';
import { isDrift } from '../../core/words/states.ts';

/** What the Environments view shows; environments themselves are always there. */
export type Filter = { kind: 'everything' } | { kind: 'drifted' } | { kind: 'text'; text: string };

export function keepsObject(filter: Filter, object: ObjectState): boolean {
  if (filter.kind === 'everything') return true;
  return filter.kind === 'drifted' ? isDrift(object) : holds(filter.text, object);
}

/** An application stays with the objects that stay; one that is in trouble is not hidden as if it were fine. */
export function keepsApplication(filter: Filter, application: ApplicationState): boolean {
  if (filter.kind === 'everything' || isNamed(filter, application)) return true;
  if (filter.kind === 'drifted' && application.trouble !== undefined) return true;
  return application.objects.some(object => keepsObject(filter, object));
}

/** An application that is looked for by its name is shown whole. */
export function filterWithin(filter: Filter, application: ApplicationState): Filter {
  return isNamed(filter, application) ? { kind: 'everything' } : filter;
}

/** `only drifted`, for the line above the tree; undefined where nothing is hidden. */
export function filterWords(filter: Filter): string | undefined {
  if (filter.kind === 'everything') return undefined;
  return filter.kind === 'drifted' ? 'only what drifted' : `only what contains "${filter.text}"`;
}

function isNamed(filter: Filter, application: ApplicationState): boolean {
  return filter.kind === 'text' && contains(application.name, filter.text);
}

function holds(text: string, object: ObjectState): boolean {
  return (
    contains(resourceText(object.resource), text) ||
    object.paths.some(path => contains(path.path, text))
  );
}

function contains(whole: string, part: string): boolean {
  return whole.toLowerCase().includes(part.toLowerCase());
}
