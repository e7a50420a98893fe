import type { ObjectSummary } from '../core/live/state.ts';
import { type Resource, resourceKey, resourceText } from '../core/model/resource.ts';
import { isDrift, states, stateWords } from '../core/words/states.ts';
import type { MarkerLine, WorkspaceState } from '../lsp/protocol.ts';
import type { Target } from './environments/node.ts';
import { countsText } from './environments/words.ts';

/** One line of a choice, and what is meant by it. */
export interface TargetChoice {
  label: string;
  description: string;
  target: Target;
}

/** What a command was called with, when it is a target already: by a link, a lens, another extension. */
export function givenTarget(argument: unknown): Target | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { environment, application, object } = argument as Record<string, unknown>;
  if (typeof environment !== 'string') return undefined;
  return {
    environment,
    ...(typeof application === 'string' && { application }),
    ...(isResource(object) && { object }),
  };
}

/**
 * What a line (1-based) of a file is about: the marker on it; else the object whose text holds it, in the environment
 * where it drifts if that is only one, else in each that it reaches; else what all markers of the file are about, as
 * in a patch. Without a line, what the whole file is about.
 */
export function targetsInFile(
  objects: readonly ObjectSummary[],
  markers: readonly MarkerLine[],
  line: number | undefined,
): Target[] {
  const marker = markers.find(found => found.line + 1 === line);
  if (marker !== undefined) return [{ environment: marker.environment, object: marker.object }];
  const only = objects.length === 1 ? objects[0] : undefined;
  const holding = line === undefined ? only : objectAt(objects, line);
  if (holding !== undefined) return targetsOf(holding);
  const [first, ...rest] = markers;
  const same = ({ object }: MarkerLine) => isMeant(object, first?.object);
  return first !== undefined && rest.every(same)
    ? [{ environment: first.environment, object: first.object }]
    : [];
}

function targetsOf({ environments }: ObjectSummary): Target[] {
  const drifting = environments.filter(({ state }) => state === 'drifted' || state === 'missing');
  const meant = drifting.length === 1 ? drifting : environments;
  return meant.map(({ name, object }) => ({ environment: name, object }));
}

/** The object whose text holds the line (1-based). */
function objectAt(objects: readonly ObjectSummary[], line: number): ObjectSummary | undefined {
  return objects.findLast(object => object.line <= line);
}

/** The target with the application that its object belongs to. */
export function withApplication(state: WorkspaceState, target: Target): Target {
  const { environment, application, object } = target;
  if (application !== undefined || object === undefined) return target;
  const found = state.environments
    .find(({ name }) => name === environment)
    ?.applications.find(({ objects }) =>
      objects.some(({ resource }) => resourceKey(resource) === resourceKey(object)),
    );
  return found === undefined ? target : { ...target, application: found.name };
}

/** The same object in several environments. */
export function choicesOf(targets: readonly Target[]): TargetChoice[] {
  return targets.map(target => ({
    label: target.environment ?? '',
    description: target.object === undefined ? '' : resourceText(target.object),
    target,
  }));
}

export function environmentChoices(state: WorkspaceState): TargetChoice[] {
  return state.environments.map(({ name, counts, phase }) => ({
    label: name,
    description: phase === 'compared' ? countsText(counts) : '',
    target: { environment: name },
  }));
}

/** Applications, of one environment when it is known. */
export function applicationChoices(state: WorkspaceState, within: Target): TargetChoice[] {
  return environmentsWithin(state, within).flatMap(({ name, applications }) =>
    applications.map(application => ({
      label: application.name,
      description: `${name} · ${countsText(application.counts)}`,
      target: { environment: name, application: application.name },
    })),
  );
}

/** Objects, those that drift first. */
export function objectChoices(state: WorkspaceState, within: Target): TargetChoice[] {
  const found = environmentsWithin(state, within).flatMap(({ name, applications }) =>
    applications
      .filter(application => (within.application ?? application.name) === application.name)
      .flatMap(application =>
        application.objects
          .filter(({ resource }) => isMeant(resource, within.object))
          .map(object => ({ environment: name, application: application.name, object })),
      ),
  );
  const rank = ({ object }: (typeof found)[number]) =>
    isDrift(object) ? states.indexOf(object.state) : states.length + states.indexOf(object.state);
  return found
    .sort((a, b) => rank(a) - rank(b))
    .map(({ environment, application, object }) => ({
      label: resourceText(object.resource),
      description: `${environment} · ${stateWords[object.state]}`,
      target: { environment, application, object: object.resource },
    }));
}

function environmentsWithin(state: WorkspaceState, { environment }: Target) {
  return state.environments.filter(({ name }) => (environment ?? name) === name);
}

function isMeant(resource: Resource, wanted: Resource | undefined): boolean {
  return wanted === undefined || resourceKey(resource) === resourceKey(wanted);
}

function isResource(value: unknown): value is Resource {
  if (typeof value !== 'object' || value === null) return false;
  const { group, version, kind, namespace, name } = value as Record<string, unknown>;
  return [group, version, kind, namespace, name].every(part => typeof part === 'string');
}
