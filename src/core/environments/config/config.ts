import { jsonOf, nodeAt, rangeOf } from '../../manifests/locate.ts';
import { parseManifests } from '../../manifests/parse.ts';
import { resolveReference } from '../../manifests/paths.ts';
import type { RepositoryIndex } from '../../manifests/repository-index.ts';
import type { Node, ParsedFile } from '../../manifests/syntax.ts';
import type { IgnoreRule, OwnerProfile } from '../../model/drift.ts';
import type { ClusterTarget } from '../../model/environment.ts';
import { objectAt, objectsAt, textAt, textsAt, valueAt } from '../../model/fields.ts';
import type { Finding } from '../../model/finding.ts';
import { differences } from '../../model/ignore-rules.ts';
import { formatPath, type Pointer } from '../../model/path.ts';
import type { Json, JsonObject } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import { noPolicy, type ValidationPolicy } from '../../model/validation-policy.ts';
import { configSchema } from './config-schema.ts';
import { checkSchema } from './schema-check.ts';
import { readValidation } from './validation.ts';

/** What driftline.yaml says; empty where there is no such file. */
export interface Config {
  entries: ConfigEntry[];
  ignore: IgnoreRule[];
  /** Files that are snapshots, as they are written. */
  snapshots: string[];
  validation: ValidationPolicy;
  /** Folders of schemas, as they are written. */
  schemas: string[];
  problems: Finding[];
}

/** One item of `environments`. */
export interface ConfigEntry {
  name: string;
  /** A folder from the repository's root. */
  source?: string;
  cluster?: ClusterTarget;
  namespace?: string;
  kubernetes?: string;
  manager?: OwnerProfile;
  protected?: boolean;
  after?: string;
  ignore: IgnoreRule[];
  place: Place;
  /** A finding about this entry, on the given field where it has that. */
  problem(message: string, field?: string): Finding;
}

/** Where it stands; the first counts. */
export const configFiles = ['driftline.yaml', 'driftline.yml'];

/**
 * Reads `driftline.yaml` (or `.yml`) at the root. What does not fit its schema is a finding on its
 * line; an environment with such a finding keeps its name but gets no cluster, so that nothing is
 * compared by half of what was meant.
 */
export function readConfig(index: Pick<RepositoryIndex, 'file'>): Config {
  const file = configFiles.map(name => index.file(name)).find(each => each !== undefined);
  const nothing = { entries: [], ignore: [], snapshots: [], schemas: [], validation: noPolicy };
  if (!file) return { ...nothing, problems: [] };
  const parsed = file.parsed ?? parseManifests(file.text);
  const reader = problemReader(file.path, parsed);
  const syntax = parsed.problems.map(problem => reader.finding(problem.message, problem));
  const root = parsed.documents[0]?.root;
  if (!root) return { ...nothing, problems: syntax };
  const value = jsonOf(root);
  const wrong = checkSchema(parsed, root, configSchema);
  const isWrong = (at: number) =>
    wrong.some(({ path }) => path[0] === 'environments' && path[1] === at);
  const entries = objectsWithPosition(value).flatMap(({ entry, at }) => {
    const read = readEntry(entry, ['environments', at], reader, root);
    if (!read) return [];
    return isWrong(at) ? [{ ...read, ...withoutCluster(read, file.path) }] : [read];
  });
  return {
    entries,
    ignore: readIgnore(value, ['ignore'], reader, root),
    snapshots: objectsAt(value, 'environments').flatMap(
      entry => textAt(entry, 'cluster', 'snapshot') ?? [],
    ),
    schemas: textsAt(value, 'schemas'),
    validation: readValidation(file.path, parsed, root, value),
    problems: [
      ...syntax,
      ...wrong.map(({ message, path, ...range }) =>
        reader.finding(message, range, formatPath(path)),
      ),
      ...duplicates(entries),
    ],
  };
}

function objectsWithPosition(value: Json): { entry: JsonObject; at: number }[] {
  const list = valueAt(value, 'environments');
  if (!Array.isArray(list)) return [];
  return list.flatMap((item, at) => {
    const entry = objectAt(item);
    return entry ? [{ entry, at }] : [];
  });
}

function withoutCluster({ place, name }: ConfigEntry, file: string): Pick<ConfigEntry, 'cluster'> {
  const reason = `what ${file} says about ${name} from line ${place.line} on has an error`;
  return { cluster: { kind: 'none', reason } };
}

function duplicates(entries: readonly ConfigEntry[]): Finding[] {
  return entries
    .filter((entry, at) => entries.findIndex(other => other.name === entry.name) < at)
    .map(entry => entry.problem(`the environment ${entry.name} is declared twice`, 'name'));
}

interface ProblemReader {
  place(root: Node, pointer: Pointer): Place;
  finding(
    message: string,
    range: Omit<Finding, 'rule' | 'severity' | 'file' | 'message' | 'environments'>,
    path?: string,
  ): Finding;
  parsed: ParsedFile;
}

function problemReader(file: string, parsed: ParsedFile): ProblemReader {
  return {
    parsed,
    place: (root, pointer) => {
      const node = nodeAt(root, pointer) ?? root;
      const { line, column } = rangeOf(parsed, node.start, node.end);
      return { file, line, column };
    },
    finding: (message, { line, column, endLine, endColumn }, path) => ({
      rule: 'driftline-config',
      severity: 'error',
      file,
      message,
      line,
      column,
      endLine,
      endColumn,
      path,
      environments: [],
    }),
  };
}

function readEntry(
  entry: JsonObject,
  pointer: Pointer,
  reader: ProblemReader,
  root: Node,
): ConfigEntry | undefined {
  const name = textAt(entry, 'name');
  if (name === undefined) return undefined;
  const path = textAt(entry, 'source', 'path');
  const mode = textAt(entry, 'manager', 'mode');
  const isProtected = valueAt(entry, 'protected');
  return {
    name,
    // A path that leads out of the repository names no folder of it, and is reported like one.
    source: path === undefined ? undefined : (resolveReference('', `./${path}`) ?? path),
    cluster: readCluster(entry),
    namespace: textAt(entry, 'namespace'),
    kubernetes: /^v?(\d+\.\d+)/.exec(textAt(entry, 'kubernetes') ?? '')?.[1],
    manager: isMode(mode)
      ? { mode, manager: textAt(entry, 'manager', 'name') ?? 'kubectl' }
      : undefined,
    protected: typeof isProtected === 'boolean' ? isProtected : undefined,
    after: textAt(entry, 'after'),
    ignore: readIgnore(entry, [...pointer, 'ignore'], reader, root),
    place: reader.place(root, pointer),
    problem: (message, field) => {
      const at = [...pointer, ...(field === undefined ? [] : field.split('.'))];
      const node = nodeAt(root, at) ?? nodeAt(root, pointer) ?? root;
      return reader.finding(message, rangeOf(reader.parsed, node.start, node.end), formatPath(at));
    },
  };
}

function isMode(mode: string | undefined): mode is OwnerProfile['mode'] {
  return mode === 'ssa' || mode === 'flux' || mode === 'csa' || mode === 'csa3';
}

function readCluster(entry: JsonObject): ClusterTarget | undefined {
  const context = textAt(entry, 'cluster', 'context');
  const file = textAt(entry, 'cluster', 'snapshot');
  if (context !== undefined)
    return { kind: 'context', context, uid: textAt(entry, 'cluster', 'uid') };
  return file === undefined ? undefined : { kind: 'snapshot', file };
}

function readIgnore(
  value: Json,
  pointer: Pointer,
  reader: ProblemReader,
  root: Node,
): IgnoreRule[] {
  return objectsAt(value, 'ignore').map((rule, at) => {
    const { file, line } = reader.place(root, [...pointer, at]);
    return differences(rule, `${file}:${line}`);
  });
}
