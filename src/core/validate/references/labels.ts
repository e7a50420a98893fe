import { objectAt, objectsAt, textAt, textMapAt, textsAt, valueAt } from '../../model/fields.ts';
import type { Json } from '../../model/resource.ts';

/** One condition on a label; `values` are those of `In` and `NotIn`. */
export interface Requirement {
  key: string;
  operator: (typeof operators)[number];
  values: readonly string[];
}

/** What a plain map of labels demands, as a Service's selector is. */
export function requirementsOfMap(labels: Readonly<Record<string, string>>): Requirement[] {
  return Object.entries(labels).map(([key, value]) => ({ key, operator: 'In', values: [value] }));
}

/** What a LabelSelector demands; undefined where it is none, or holds what is none of its operators. */
export function requirementsOf(selector: Json | undefined): Requirement[] | undefined {
  if (objectAt(selector) === undefined) return undefined;
  const expressions: Requirement[] = [];
  for (const expression of objectsAt(selector, 'matchExpressions')) {
    const operator = operators.find(each => each === expression.operator);
    if (operator === undefined) return undefined;
    const key = textAt(expression, 'key') ?? '';
    expressions.push({ key, operator, values: textsAt(expression, 'values') });
  }
  const labels = valueAt(selector, 'matchLabels');
  return [...requirementsOfMap(textMapAt(labels) ?? {}), ...expressions];
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

/** Labels that controllers put on pods: whether they match is not written anywhere. */
const given =
  /^(pod-template-hash|controller-revision-hash|pod-template-generation|controller-uid|job-name|rollouts-pod-template-hash|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|batch\.kubernetes\.io\/.+)$/;

/** True where labels meet every requirement, as far as what controllers add allows to tell. */
export function meets(
  labels: Readonly<Record<string, string>>,
  requirements: readonly Requirement[],
): boolean {
  return requirements.every(requirement => meetsOne(labels, requirement));
}

export function meetsOne(
  labels: Readonly<Record<string, string>>,
  { key, operator, values }: Requirement,
): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (value === undefined && given.test(key)) return true;
  switch (operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
  }
}

/** `app=web, tier in (a, b)`, as kubectl writes selectors. */
export function selectorText(requirements: readonly Requirement[]): string {
  const texts = requirements.map(({ key, operator, values }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    if (operator === 'In' && values.length === 1) return `${key}=${values[0]}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(', ')})`;
  });
  return texts.join(', ');
}
