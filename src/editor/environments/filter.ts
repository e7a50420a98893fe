import type { ApplicationState, ObjectState } from '../../core/live/state.ts';
import type { CauseKind, DriftState } from '../../core/model/drift.ts';
import { resourceText } from '../../core/model/resource.ts';
import { causesOf, causeWords, withinCauses } from '../../core/words/causes.ts';
import { isDrift, stateWords } from '../../core/words/states.ts';

/** What the Environments view shows; environments themselves are always there. */
export type Filter =
  | { kind: 'everything' }
  | { kind: 'drifted' }
  | { kind: 'text'; text: string }
  | Choice;

/** Objects in one of these states that differ for one of these reasons; an empty list is any. */
export interface Choice {
  kind: 'choice';
  causes: readonly CauseKind[];
  states: readonly DriftState[];
}

export function keepsObject(filter: Filter, object: ObjectState): boolean {
  switch (filter.kind) {
    case 'everything':
      return true;
    case 'drifted':
      return isDrift(object);
    case 'text':
      return holds(filter.text, object);
    case 'choice':
      return isChosen(filter, object);
  }
}

/** An object that stays, with the fields that stay: of those that were chosen by their cause no others. */
export function keptFields(filter: Filter, object: ObjectState): ObjectState {
  if (filter.kind !== 'choice' || filter.causes.length === 0) return object;
  return withinCauses(object, filter.causes) ?? object;
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
  if (filter.kind === 'drifted') return 'only what drifted';
  if (filter.kind === 'text') return `only what contains "${filter.text}"`;
  const { causes, states } = filter;
  const said = [states.map(state => stateWords[state]), causes.map(cause => causeWords[cause])];
  return `only ${said
    .filter(words => words.length > 0)
    .map(words => [...new Set(words)].join(' or '))
    .join(', and ')}`;
}

function isChosen({ causes, states }: Choice, object: ObjectState): boolean {
  const inState = states.length === 0 || states.includes(object.state);
  return inState && (causes.length === 0 || causesOf(object).some(kind => causes.includes(kind)));
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
