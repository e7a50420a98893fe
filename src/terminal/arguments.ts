import { resolve } from 'node:path';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { forgeIds } from '../core/forges/forge.ts';
import { UserError } from '../core/lib/errors.ts';
import type { CauseKind } from '../core/model/drift.ts';
import { nearestName } from '../core/schemas/nearest.ts';
import { causeKinds } from '../core/words/causes.ts';
import {
  type CommandName,
  commandNames,
  commonOptions,
  type Format,
  formats,
  type OptionSpec,
  optionsOf,
  specOf,
} from './options.ts';

/** What every command is told. */
export interface CommonArguments {
  /** As given; relative to the current folder. */
  repo?: string;
  /** Empty: all. */
  environments: string[];
  revision?: string;
  format: Format;
  output?: string;
  offline: boolean;
  trust: boolean;
  decrypt: boolean;
  /** Forges of hosts that are not well-known; of `--forge HOST=NAME`. */
  forges: Record<string, string>;
  /** Audit logs by context; of `--audit-log CONTEXT=FILE`. */
  auditLogs: ReadonlyMap<string, string>;
  /** Folders of schemas and addresses of mirrors; of `--schemas`. */
  schemas: readonly string[];
  quiet: boolean;
  verbose: boolean;
  /** `--no-color` was given. */
  noColor: boolean;
}

export type Invocation =
  | { command: 'help'; topic?: CommandName; noColor: boolean }
  | { command: 'version' }
  | ({ command: 'environments' } & CommonArguments)
  | ({ command: 'render'; path?: string; diff?: string; chart: ChartArguments } & CommonArguments)
  | ({ command: 'trace'; target?: TraceTarget } & CommonArguments)
  | ({ command: 'validate'; paths: string[] } & ValidateArguments & CommonArguments)
  | ({ command: 'rules'; rule?: string } & CommonArguments)
  | ({ command: 'schemas' } & SchemasArguments & CommonArguments)
  | ({ command: 'drift' } & DriftArguments & CommonArguments)
  | ({ command: 'propose'; paths: string[] } & ProposeArguments & CommonArguments)
  | ({ command: 'snapshot' } & CommonArguments)
  | ({ command: 'fetch'; refresh: boolean; dryRun: boolean } & CommonArguments)
  | ({ command: 'rollback'; application?: string; to?: string; yes: boolean } & CommonArguments)
  | EngineInvocation<'sync'>
  | EngineInvocation<'suspend'>
  | EngineInvocation<'resume'>;

export interface SchemasArguments {
  verb: SchemasVerb;
  /** What is imported, or where to is exported; absolute. */
  folder?: string;
  /** The cluster that is imported. */
  context?: string;
}

const schemasVerbs = ['list', 'import', 'export'] as const;
export type SchemasVerb = (typeof schemasVerbs)[number];

/** A verb of the engines. */
export type EngineInvocation<Verb> = {
  command: Verb;
  application?: string;
  yes: boolean;
  dryRun: boolean;
} & CommonArguments;

export interface ChartArguments {
  values: string[];
  release?: string;
  namespace?: string;
  kubeVersion?: string;
  includeCrds: boolean;
}

export interface ValidateArguments {
  server: boolean;
  strict: boolean;
  /** False: files are checked as they stand. */
  render: boolean;
}

export interface DriftArguments {
  all: boolean;
  strict: boolean;
  verify: boolean;
  local: boolean;
  causes: CauseKind[];
}

export interface ProposeArguments {
  title?: string;
  /** As given; relative to the current folder. */
  bodyFile?: string;
  branch?: string;
  base?: string;
  yes: boolean;
}

export type TraceTarget =
  | { kind: 'line'; file: string; line: number }
  | { kind: 'object'; objectKind: string; namespace?: string; name: string }
  | { kind: 'path'; path: string };

/**
 * Reads a command line (without `node` and the script). Throws a `UserError` that names what is not
 * understood and what was probably meant.
 */
export function parseArguments(args: readonly string[]): Invocation {
  const given = read(args);
  const [word, topic] = given.operands;
  const noColor = given.flag('no-color');
  if (word === undefined || word === 'help') {
    given.check(undefined);
    if (given.flag('version')) return { command: 'version' };
    return { command: 'help', ...(topic && { topic: commandNamed(topic) }), noColor };
  }
  const command = commandNamed(word);
  given.check(command);
  if (given.flag('version')) return { command: 'version' };
  if (given.flag('help')) return { command: 'help', topic: command, noColor };
  return invocation(command, given.operands.slice(1), given);
}

function invocation(command: CommandName, operands: string[], given: Given): Invocation {
  checkOperands(command, operands);
  const common = commonArguments(command, given);
  const [first] = operands;
  switch (command) {
    case 'render': {
      const diff = given.value('diff');
      return { command, path: first, diff, chart: chartArguments(given), ...common };
    }
    case 'trace':
      return { command, target: first === undefined ? first : traceTarget(first), ...common };
    case 'validate':
      return { command, paths: operands, ...validateArguments(given, common), ...common };
    case 'rules':
      return { command, rule: first, ...common };
    case 'schemas':
      return { command, ...schemasArguments(operands, given), ...common };
    case 'drift':
      return { command, ...driftArguments(given), ...common };
    case 'propose':
      return { command, paths: operands, ...proposeArguments(given), ...common };
    case 'fetch': {
      const [refresh, dryRun] = [given.flag('refresh'), given.flag('dry-run')];
      return { command, refresh, dryRun, ...common };
    }
    case 'rollback': {
      const [to, yes] = [given.value('to'), given.flag('yes')];
      return { command, application: first, to, yes, ...common };
    }
    case 'sync':
    case 'suspend':
    case 'resume': {
      const [yes, dryRun] = [given.flag('yes'), given.flag('dry-run')];
      return { command, application: first, yes, dryRun, ...common };
    }
    default:
      return { command, ...common };
  }
}

function commonArguments(command: CommandName, given: Given): CommonArguments {
  const [quiet, verbose] = [given.flag('quiet'), given.flag('verbose')];
  if (quiet && verbose) throw new UserError('--quiet and --verbose cannot be used together.');
  return {
    repo: given.value('repo'),
    environments: given.values('environment'),
    revision: given.value('revision'),
    format: formatNamed(given.value('format') ?? 'text', command),
    output: given.value('output'),
    offline: given.flag('offline'),
    trust: given.flag('trust'),
    decrypt: given.flag('decrypt'),
    forges: Object.fromEntries(given.values('forge').map(hostAndForge)),
    auditLogs: new Map(given.values('audit-log').map(contextAndFile)),
    schemas: given.values('schemas').map(folderOrAddress),
    quiet,
    verbose,
    noColor: given.flag('no-color'),
  };
}

function proposeArguments(given: Given): ProposeArguments {
  return {
    title: given.value('title'),
    bodyFile: given.value('body-file'),
    branch: given.value('branch'),
    base: given.value('base'),
    yes: given.flag('yes'),
  };
}

function hostAndForge(text: string): [string, string] {
  const [, host, forge] = /^([^=\s]+)=(.+)$/.exec(text) ?? [];
  if (host === undefined || forge === undefined || !forgeIds.some(id => id === forge))
    throw new UserError(
      `--forge takes a host and what runs there (${forgeIds.join(', ')}), such as git.example.com=gitea; not ${JSON.stringify(text)}.`,
    );
  return [host.toLowerCase(), forge];
}

function contextAndFile(text: string): [string, string] {
  const [, context, file] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (context === undefined || file === undefined)
    throw new UserError(
      `--audit-log takes a context of the kubeconfig and the file of its cluster's audit log, such as admin=/var/log/kubernetes/audit.log; not ${JSON.stringify(text)}.`,
    );
  return [context, resolve(file)];
}

function schemasArguments([word = 'list', folder]: string[], given: Given): SchemasArguments {
  const verb = schemasVerbs.find(each => each === word);
  const context = given.value('context');
  if (verb === undefined)
    throw new UserError(`schemas takes list, import or export, not ${JSON.stringify(word)}.`);
  if (verb === 'import' && (folder === undefined) === (context === undefined))
    throw new UserError('schemas import takes a folder, or a cluster by --context.');
  if (verb !== 'import' && context !== undefined)
    throw new UserError('--context says which cluster schemas import reads.');
  if (verb === 'export' && folder === undefined)
    throw new UserError('schemas export takes the folder to write to.');
  if (verb === 'list' && folder !== undefined)
    throw new UserError('schemas list takes no folder; --schemas names one.');
  return {
    verb,
    ...(folder !== undefined && { folder: resolve(folder) }),
    ...(context !== undefined && { context }),
  };
}

/** A folder from the current one, or an address. */
function folderOrAddress(text: string): string {
  return /^https?:\/\//.test(text) ? text : resolve(text);
}

function chartArguments(given: Given): ChartArguments {
  return {
    values: given.values('values'),
    release: given.value('release'),
    namespace: given.value('namespace'),
    kubeVersion: given.value('kube-version'),
    includeCrds: given.flag('include-crds'),
  };
}

/** `FILE:LINE`, `Kind/name` or `Kind/namespace/name`, else a path: no folder begins like a kind. */
function traceTarget(text: string): TraceTarget {
  const line = /^(.+):([1-9][0-9]*)$/.exec(text);
  if (line?.[1] && line[2]) return { kind: 'line', file: line[1], line: Number(line[2]) };
  const object = /^([A-Z][A-Za-z0-9]*)\/(?:([^/]+)\/)?([^/]+)$/.exec(text);
  const [, objectKind, namespace, name] = object ?? [];
  if (objectKind && name) return { kind: 'object', objectKind, namespace, name };
  return { kind: 'path', path: text };
}

function commandNamed(word: string): CommandName {
  const found = commandNames.find(name => name === word);
  if (found !== undefined) return found;
  const hint = meant(nearestName(word, commandNames)) ?? `Commands: ${commandNames.join(', ')}.`;
  throw new UserError(`There is no command ${JSON.stringify(word)}. ${hint}`);
}

function formatNamed(word: string, command: CommandName): Format {
  const fitting = specOf(command).formats;
  const found = fitting.find(format => format === word);
  if (found !== undefined) return found;
  const hint = `driftline ${command} can print ${fitting.join(', ')}.`;
  if (formats.some(format => format === word))
    throw new UserError(`--format ${word} does not fit this command; ${hint}`);
  const near = nearestName(word, fitting);
  throw new UserError(`There is no format ${JSON.stringify(word)}. ${meant(near) ?? hint}`);
}

function validateArguments(
  given: Given,
  { environments, offline }: CommonArguments,
): ValidateArguments {
  const [server, strict, render] = [
    given.flag('server'),
    given.flag('strict'),
    !given.flag('no-render'),
  ];
  if (server && offline)
    throw new UserError('--server asks clusters and --offline opens no connection: use one.');
  if (!render && server)
    throw new UserError(
      '--server asks about rendered objects, and --no-render makes none: use one.',
    );
  if (!render && environments.length > 0)
    throw new UserError(
      '--no-render checks files as they stand, whatever environment they are for: leave out -e.',
    );
  return { server, strict, render };
}

function driftArguments(given: Given): DriftArguments {
  const [verify, local] = [given.flag('verify'), given.flag('local')];
  if (verify && local)
    throw new UserError('--verify asks the server and --local does not: use one of them.');
  const causes = given.values('cause').map(causeNamed);
  return { all: given.flag('all'), strict: given.flag('strict'), verify, local, causes };
}

function causeNamed(word: string): CauseKind {
  const found = causeKinds.find(kind => kind === word);
  if (found !== undefined) return found;
  const hint = meant(nearestName(word, causeKinds)) ?? `There are ${causeKinds.join(', ')}.`;
  throw new UserError(`There is no cause ${JSON.stringify(word)}. ${hint}`);
}

function checkOperands(command: CommandName, operands: readonly string[]): void {
  const { operands: allowed, most = Number.POSITIVE_INFINITY } = specOf(command);
  const [first] = operands;
  if (allowed === undefined && first !== undefined)
    throw new UserError(
      `driftline ${command} takes no ${JSON.stringify(first)}; choose an environment with -e, a repository with -C.`,
    );
  const extra = operands[most];
  if (extra !== undefined)
    throw new UserError(
      `driftline ${command} takes one argument; ${JSON.stringify(extra)} is too many.`,
    );
}

function meant(near: string | undefined): string | undefined {
  return near === undefined ? undefined : `Did you mean ${near}?`;
}

/** The options and operands of a command line, before it is known whether they fit the command. */
interface Given {
  operands: string[];
  flag(name: string): boolean;
  value(name: string): string | undefined;
  values(name: string): string[];
  /** Throws a `UserError` for an option that the command does not have, or that is used wrongly. */
  check(command: CommandName | undefined): void;
}

interface Token {
  name: string;
  rawName: string;
  value?: string;
  inlineValue?: boolean;
}

const everyOption = Object.assign({}, ...commandNames.map(optionsOf), commonOptions) as Record<
  string,
  OptionSpec
>;

function read(args: readonly string[]): Given {
  const options: ParseArgsOptionsConfig = Object.fromEntries(
    Object.entries(everyOption).map(([name, { short, value }]) => [
      name,
      { type: value === undefined ? 'boolean' : 'string', ...(short && { short }) },
    ]),
  );
  // Not strict: our own sentences say what is wrong, and what was probably meant.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const used: Token[] = tokens.filter(token => token.kind === 'option');
  const values = (name: string) =>
    used.flatMap(token => (token.name === name && token.value !== undefined ? token.value : []));
  return {
    operands: tokens.flatMap(token => (token.kind === 'positional' ? token.value : [])),
    flag: name => used.some(token => token.name === name),
    value: name => values(name).at(-1),
    values,
    check: command => {
      for (const token of used) checkOption(token, command);
    },
  };
}

function checkOption(token: Token, command: CommandName | undefined): void {
  const { name, rawName, value, inlineValue } = token;
  const known = optionsOf(command);
  const spec = Object.hasOwn(known, name) ? known[name] : undefined;
  const whose = command === undefined ? 'driftline' : `driftline ${command}`;
  if (spec === undefined) {
    const near = rawName.startsWith('--') ? nearestName(name, Object.keys(known)) : undefined;
    const hint = meant(near && `--${near}`) ?? `See ${whose} --help.`;
    throw new UserError(`${whose} has no option ${rawName}. ${hint}`);
  }
  if (spec.value === undefined && value !== undefined)
    throw new UserError(`${rawName} takes no value.`);
  const optionLike = !inlineValue && value !== undefined && /^-./.test(value);
  if (spec.value !== undefined && (value === undefined || value === '' || optionLike))
    throw new UserError(`${rawName} needs a value: ${rawName} ${spec.value}.`);
}
