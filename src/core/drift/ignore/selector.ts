type Labels = Readonly<Record<string, string>>;
export type Selector = (labels: Labels) => boolean;

/**
 * Reads a label selector as Kubernetes writes it (`app=web,tier!=db,env in (a, b),!old,size>5`); an absent or
 * empty one selects everything. Undefined when it is not understood.
 */
export function parseSelector(text: string | undefined): Selector | undefined {
  if (text === undefined || text.trim() === '') return () => true;
  const requirements = text.match(/(?:[^,()]|\([^)]*\))+/g) ?? [];
  if (requirements.join(',') !== text) return undefined;
  const parsed = requirements.map(requirement => parseRequirement(requirement.trim()));
  return parsed.includes(undefined)
    ? undefined
    : labels => parsed.every(requirement => requirement?.(labels));
}

const key = String.raw`(?:[A-Za-z0-9.-]+/)?[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?`;
const inSet = new RegExp(String.raw`^(${key})\s+(in|notin)\s*\(([^()]*)\)$`);
const pair = new RegExp(String.raw`^(${key})\s*(==|=|!=)\s*([\w.-]*)$`);
const comparison = new RegExp(String.raw`^(${key})\s*([<>])\s*(-?\d+)$`);
const presence = new RegExp(String.raw`^(!?)\s*(${key})$`);

function parseRequirement(text: string): Selector | undefined {
  return parseSet(text) ?? parsePair(text) ?? parseComparison(text) ?? parsePresence(text);
}

function parseSet(text: string): Selector | undefined {
  const [whole, name = '', operator, list = ''] = inSet.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const values = list.split(',').map(value => value.trim());
  return labels => {
    const value = own(labels, name);
    return (value !== undefined && values.includes(value)) === (operator === 'in');
  };
}

function parsePair(text: string): Selector | undefined {
  const [whole, name = '', operator, value] = pair.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return labels => (own(labels, name) === value) === (operator !== '!=');
}

function parseComparison(text: string): Selector | undefined {
  const [whole, name = '', operator, bound] = comparison.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return labels => {
    const value = own(labels, name) ?? '';
    if (!/^-?\d+$/.test(value)) return false;
    return operator === '>' ? Number(value) > Number(bound) : Number(value) < Number(bound);
  };
}

function parsePresence(text: string): Selector | undefined {
  const [whole, not, name = ''] = presence.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return labels => (own(labels, name) === undefined) === (not === '!');
}

function own(labels: Labels, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}
