import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { Scope } from '../across.ts';
import type { Final } from '../finals.ts';
import type { RenderedSet } from '../input.ts';
import { isOn } from './levels.ts';
import { podSpecOf } from './pod-spec.ts';
import { fieldOf } from './practice.ts';

export const noDisruptionBudget = 'no-disruption-budget';

/**
 * Several replicas that no PodDisruptionBudget keeps from being evicted all at once. Looks at all that an environment
 * renders, so it is silent where something of it could not be rendered: a budget may be in there.
 */
export function checkDisruptionBudgets({ checks, finals, sets, environments }: Scope): void {
  if (!isOn('off', checks.input.levels?.get(noDisruptionBudget))) return;
  for (const { name, applications } of environments) {
    const rendered = sets.get(name) ?? [];
    const isWhole =
      rendered.every(({ failure }) => failure === undefined) &&
      applications.every(({ source }) => source.kind !== 'unresolved');
    if (!isWhole) continue;
    const budgets = budgetsOf(rendered);
    for (const final of finals)
      if (final.subject.environments.includes(name) && lacksBudget(final, budgets))
        checks.report(final.subject, [
          {
            rule: noDisruptionBudget,
            severity: 'information',
            pointer: ['spec', 'replicas'],
            on: 'value',
            message: `No PodDisruptionBudget covers ${final.subject.object.kind} ${nameOf(final.subject.object)}, so all its replicas may be evicted at once.`,
          },
        ]);
  }
}

/** Budgets by namespace. */
function budgetsOf(rendered: readonly RenderedSet[]): Map<string, JsonObject[]> {
  const objects = rendered.flatMap(set => set.objects);
  const budgets = objects.filter(
    ({ resource }) => resource.kind === 'PodDisruptionBudget' && resource.group === 'policy',
  );
  const grouped = Map.groupBy(budgets, ({ value }) => namespaceOf(value));
  return new Map([...grouped].map(([namespace, all]) => [namespace, all.map(each => each.value)]));
}

function lacksBudget({ subject }: Final, budgets: ReadonlyMap<string, JsonObject[]>): boolean {
  const { object } = subject;
  const replicas = fieldOf(object, 'spec', 'replicas');
  const isWorkload = object.kind === 'Deployment' || object.kind === 'StatefulSet';
  if (!isWorkload || !podSpecOf(object) || typeof replicas !== 'number' || replicas < 2)
    return false;
  const labels = fieldOf(object, 'spec', 'template', 'metadata', 'labels');
  return !(budgets.get(namespaceOf(object)) ?? []).some(budget =>
    selects(fieldOf(budget, 'spec', 'selector'), labels),
  );
}

/** By expressions nothing is told apart here: such a budget counts as one that covers. */
function selects(selector: Json | undefined, labels: Json | undefined): boolean {
  if (!isObject(selector)) return false;
  if (Array.isArray(selector.matchExpressions) && selector.matchExpressions.length > 0) return true;
  const wanted = isObject(selector.matchLabels) ? Object.entries(selector.matchLabels) : [];
  return wanted.every(([key, value]) => fieldOf(labels, key) === value);
}

function namespaceOf(object: JsonObject): string {
  return `${fieldOf(object, 'metadata', 'namespace') ?? ''}`;
}

function nameOf(object: JsonObject): string {
  return `${fieldOf(object, 'metadata', 'name')}`;
}
