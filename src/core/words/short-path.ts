import { parsePath, type Step } from '../model/path.ts';
import { printable, valueText } from './values.ts';

/**
 * Names for the fields of one object as people say them: `spec.replicas`, `containers[app].image`.
 * Two fields that would get the same name keep their full paths.
 */
export function shortPaths(paths: readonly string[]): Map<string, string> {
  const names = new Map(paths.map(path => [path, shortPath(path)]));
  const users = new Map<string, number>();
  for (const name of names.values()) users.set(name, (users.get(name) ?? 0) + 1);
  return new Map(
    [...names].map(([path, name]) => [path, users.get(name) === 1 ? name : fullPath(path)]),
  );
}

/** One path as `shortPaths` writes it where nothing else is in the way. */
export function shortPath(path: string): string {
  const steps = stepsOf(path);
  if (steps === undefined) return fullPath(path);
  if (steps.length === 0) return '(the whole object)';
  return steps.slice(podSpecLength(steps)).map(stepText).join('').replace(/^\./, '');
}

function fullPath(path: string): string {
  return printable(path.replace(/^\./, ''));
}

/** What leads to a pod's specification, in workloads and in a CronJob. */
const podSpecs = ['spec.template.spec', 'spec.jobTemplate.spec.template.spec'];
/** Fields that nobody mistakes for another level's. */
const podFields = ['containers', 'initContainers', 'ephemeralContainers', 'volumes'];

function podSpecLength(steps: Step[]): number {
  const found = podSpecs
    .map(prefix => prefix.split('.'))
    .find(prefix => prefix.every((field, index) => steps[index] === field));
  if (found === undefined) return 0;
  return podFields.some(field => field === steps[found.length]) ? found.length : 0;
}

function stepText(step: Step): string {
  if (typeof step === 'number') return `[${step}]`;
  if (typeof step === 'string') {
    if (/^[^\s.[\]"]+$/.test(step)) return `.${printable(step)}`;
    return /^[^\s[\]"]+$/.test(step) ? `[${printable(step)}]` : `[${JSON.stringify(step)}]`;
  }
  if ('value' in step) return `[=${printable(valueText(step.value))}]`;
  const values = Object.values(step.keys).map(value => printable(String(value)));
  return `[${values.join('/')}]`;
}

function stepsOf(path: string): Step[] | undefined {
  try {
    return parsePath(path);
  } catch {
    return undefined;
  }
}
