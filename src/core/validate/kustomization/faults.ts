import type { IndexedFile } from '../../manifests/index-types.ts';
import { offsetAt } from '../../manifests/locate.ts';
import { baseName } from '../../manifests/paths.ts';
import type { Finding, RelatedPlace } from '../../model/finding.ts';
import type { RenderFault } from '../../model/rendered.ts';
import { placeText, type Range } from '../../model/source.ts';
import type { Across } from '../across.ts';
import type { Checks } from '../checks.ts';
import type { RenderedSet } from '../input.ts';
import { rangeAtPlace } from '../places/place.ts';
import { wordsOf } from './fault-words.ts';

/** Builds that fail with the same cause: one finding. */
interface Cause {
  fault: RenderFault;
  sets: RenderedSet[];
}

/**
 * Why kustomizations cannot be built, in kustomize's own judgement: each cause once, on the line that is wrong, with the
 * builds that fail for it. What another check says of the same line, or of a file that cannot be read, is not said again.
 */
export const checkBuilds: Across = ({ checks, sets }) => {
  const causes = new Map<string, Cause>();
  for (const set of [...sets.values()].flat())
    for (const fault of set.failure?.faults ?? []) {
      if (fault.unavailable || fault.tool !== 'kustomize') continue;
      const { file, line, column } = fault.place;
      const key = `${file}:${line}:${column} ${fault.field} ${fault.path}`;
      const known = causes.get(key);
      if (known) known.sets.push(set);
      else causes.set(key, { fault, sets: [set] });
    }
  for (const cause of causes.values())
    if (!isTold(checks, cause.fault)) checks.findings.add(findingOf(checks, cause));
};

function isTold({ findings, notChecked, input: { index } }: Checks, fault: RenderFault): boolean {
  const { file, line } = fault.place;
  if (notChecked.has(file, line)) return true;
  const isError = ({ severity }: Finding) => severity === 'error';
  const here = findings.in(file).filter(isError);
  if (fault.whole ? here.length > 0 : here.some(finding => finding.line === line)) return true;
  const isMissing = /no such file|doesn't exist|evalsymlink failure/.test(fault.message);
  if (isMissing && here.some(({ rule }) => rule === 'missing-file')) return true;
  // A file that it cannot read is told there.
  const name = /in File: ([^\s'"]+)|MalformedYAMLError/.exec(fault.message);
  if (!name) return false;
  const broken = index
    .files()
    .filter(({ path }) => name[1] === undefined || baseName(path) === baseName(name[1]));
  return broken.some(({ parsed }) => parsed.problems.length > 0);
}

const maxRelated = 10;

function findingOf({ input }: Checks, { fault, sets }: Cause): Finding {
  const { index, repository } = input;
  const { place } = fault;
  const environments = [...new Set(sets.flatMap(({ environment }) => environment ?? []))];
  const fileAt = (path: string) => index.file(path);
  const related: RelatedPlace[] = (fault.related ?? []).map(other => ({
    file: other.file,
    message: 'It is here as well.',
    ...rangeAtPlace(fileAt(other.file), other, 'value', false),
  }));
  for (const file of new Set(sets.flatMap(each => rootOf(each, input.index.kustomizations))))
    if (file !== place.file && related.length < maxRelated)
      related.push({
        file,
        message: 'This build fails for it.',
        ...{ line: 1, column: 1, endLine: 1, endColumn: 1 },
      });
  const range = rangeAtPlace(fileAt(place.file), place, 'value', false);
  const entry = textIn(fileAt(place.file), range);
  return {
    rule: ruleOf(fault),
    severity: 'error',
    file: place.file,
    message: wordsOf({ ...fault, entry }, repository?.root ?? '', fault.related?.map(placeText)),
    environments,
    ...range,
    ...(related.length > 0 && { related }),
  };
}

function textIn(file: IndexedFile | undefined, range: Range): string | undefined {
  if (!file || range.line !== range.endLine) return undefined;
  const start = offsetAt(file.parsed, range.line, range.column);
  return file.text.slice(start, start + range.endColumn - range.column) || undefined;
}

function rootOf(
  { source }: RenderedSet,
  kustomizations: ReadonlyMap<string, { file: string }>,
): string[] {
  return source?.kind === 'kustomize' ? [kustomizations.get(source.path)?.file ?? []].flat() : [];
}

function ruleOf({ message }: RenderFault): string {
  if (/already registered id/.test(message)) return 'duplicate-identity';
  return misses.test(message) ? 'no-target' : 'kustomize-build';
}

/** What kustomize says of a change of something that is not there. */
const misses =
  /no matches for Id|does not match a config|nothing selected by|is missing for replacement|unable to find field|operation does not apply|nonexistent key|cannot merge or replace|multiple matches for selector/;
