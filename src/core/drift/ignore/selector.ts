/**
 * True when a label selector, as Kubernetes writes it (`app=web,tier!=db,env in (a, b),!old`), selects
 * the labels; an absent or empty one selects everything. A selector that is not understood selects nothing.
 */
export function selects(
  selector: string | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  if (selector === undefined || selector.trim() === '') return true;
  const requirements = selector.match(/(?:[^,(]|\([^)]*\))+/g) ?? [];
  return requirements.every(requirement => meets(requirement.trim(), labels));
}

function meets(requirement: string, labels: Readonly<Record<string, string>>): boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(requirement);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map(value => value.trim());
    const within = labels[key] !== undefined && values.includes(labels[key]);
    return within === (operator === 'in');
  }
  const pair = /^([^=!\s]+)\s*(==?|!=)\s*(\S*)$/.exec(requirement);
  if (pair) {
    const [, key = '', operator, value = ''] = pair;
    return (labels[key] === value) === (operator !== '!=');
  }
  if (/^![^=!\s]+$/.test(requirement)) return labels[requirement.slice(1)] === undefined;
  return /^[^=!\s]+$/.test(requirement) && labels[requirement] !== undefined;
}
