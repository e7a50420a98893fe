import { partsOf } from '../../model/environment.ts';
import type { Finding } from '../../model/finding.ts';
import type { RenderFault } from '../../model/rendered.ts';
import type { Across } from '../across.ts';
import type { Checks } from '../checks.ts';
import type { RenderedSet } from '../input.ts';
import { rangeAtPlace } from '../places/place.ts';
import { meant, valueWords } from './value-words.ts';

interface Cause {
  fault: RenderFault;
  sets: RenderedSet[];
}

/**
 * Why charts cannot be rendered, in Helm's own judgement: each cause once, on the line of the template or of the values
 * that is wrong, with the environments in which it is. What a chart itself refuses (`required`, `fail`) counts only
 * where an environment gives the values: of a chart that nobody deploys they are still to come, as for `helm lint`.
 */
export const checkCharts: Across = ({ checks, sets }) => {
  const causes = new Map<string, Cause>();
  for (const set of [...sets.values()].flat())
    for (const fault of set.failure?.faults ?? []) {
      if (fault.tool !== 'helm' || fault.unavailable) continue;
      if (fault.field === 'refused' && !isGiven(checks, set)) continue;
      const { file, line, column } = fault.place;
      const key = `${file}:${line}:${column} ${fault.field} ${fault.path} ${fault.message}`;
      const known = causes.get(key);
      if (known) known.sets.push(set);
      else causes.set(key, { fault, sets: [set] });
    }
  for (const cause of causes.values())
    if (!isTold(checks, cause.fault)) checks.findings.add(findingOf(checks, cause));
};

/** False where a chart has its own values only and no engine says that it is deployed so. */
function isGiven({ input: { environments = [] } }: Checks, set: RenderedSet): boolean {
  const engine = environments.find(({ name }) => name === set.environment)?.engine;
  if (engine === 'flux' || engine === 'argocd') return true;
  const parts = set.source ? partsOf(set.source) : [];
  return parts.some(part => part.kind === 'helm' && part.values.length > 0);
}

/** A chart that cannot be read at all is told where its text is broken. */
function isTold({ findings }: Checks, { whole, place }: RenderFault): boolean {
  if (!whole) return false;
  const folder = place.file.replace(/[^/]*$/, '');
  return findings
    .below(folder)
    .some(
      ({ rule, severity, file }) =>
        severity === 'error' && (file === place.file || rule === 'yaml-syntax'),
    );
}

function findingOf({ input: { index } }: Checks, { fault, sets }: Cause): Finding {
  const { place, field = 'chart' } = fault;
  const { rule, says } = described[field] ?? other;
  return {
    rule,
    severity: 'error',
    file: place.file,
    message: says(fault),
    environments: [...new Set(sets.flatMap(({ environment }) => environment ?? []))],
    ...rangeAtPlace(index.file(place.file), place, isName(fault) ? 'key' : 'value', false),
  };
}

/** What a schema misses, or does not know, is marked by its name. */
function isName({ field, path = '', message }: RenderFault): boolean {
  return field === 'schema' && (path === '' || message === 'additional property');
}

interface Description {
  rule: string;
  says: (fault: RenderFault) => string;
}

const other: Description = {
  rule: 'chart-file',
  says: ({ message }) => `Helm cannot read this chart: ${oneLine(message)}.`,
};

/** By what goes wrong (`upstream/renderer/internal/helm/diagnose.go`). */
const described: Record<string, Description> = {
  chart: other,
  schema: { rule: 'values-schema', says: valueWords },
  function: {
    rule: 'template-syntax',
    says: ({ path = '', known }) =>
      `Helm's templates have no function called ${path}${meant(path, known)}`,
  },
  undefined: {
    rule: 'undefined-template',
    says: ({ path = '', known }) =>
      `No template of this chart, or of its dependencies, defines ${path}${meant(path, known)}`,
  },
  syntax: {
    rule: 'template-syntax',
    says: ({ message }) =>
      /unexpected EOF/.test(message)
        ? 'This action has no {{ end }}: the template ends before it does (unexpected EOF).'
        : `This is no template that Helm can read: ${oneLine(message)}.`,
  },
  refused: {
    rule: 'chart-refuses',
    says: ({ message }) => `The chart refuses these values: ${oneLine(message)}.`,
  },
  execution: {
    rule: 'template-error',
    says: ({ message }) =>
      /nil pointer evaluating/.test(message)
        ? `What this is read from has no value (${oneLine(message)}): give it one, or read it with a default.`
        : `The template fails here: ${oneLine(message)}.`,
  },
  output: {
    rule: 'template-output',
    says: ({ message }) =>
      `What the template prints here is no YAML: ${oneLine(message.replace(/^error converting YAML to JSON: /, ''))}.`,
  },
};

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 400).replace(/\.$/, '');
}
