import type { IndexedFile } from '../../manifests/index-types.ts';
import type { Application, NamedData } from '../../model/environment.ts';
import { objectAt, objectsAt, textAt, textsAt } from '../../model/fields.ts';
import type { Severity } from '../../model/finding.ts';
import type { Place } from '../../model/source.ts';
import type { EngineObject } from '../engine-object.ts';
import type { RenderedSet } from '../input.ts';
import { nearIn } from '../near.ts';
import { rangeAtPlace } from '../places/place.ts';
import type { Realm } from '../realm.ts';
import type { Violation } from '../violation.ts';
import { rangeOfUse, usesIn, type VariableUse } from './uses.ts';

/** A Kustomization with `postBuild`, and what it renders. */
interface Substitution {
  object: EngineObject;
  set: RenderedSet;
  /** Names that are set, whatever their values. */
  known: ReadonlySet<string>;
  files: readonly IndexedFile[];
}

/**
 * Post-build variables: names that envsubst refuses, texts that it cannot read, variables that nothing sets, and those
 * that are set and used nowhere. Reports by itself what stands in the files that are substituted.
 */
export function checkVariables(object: EngineObject): Violation[] {
  const application = applicationOf(object);
  const set = application && object.realm.set(application);
  const source = application?.source;
  if (!set || source?.kind !== 'kustomize' || !source.flux?.postBuild) return [];
  const { substitute, known = [] } = source.flux.postBuild;
  const index = object.checks.input.index;
  const names = [
    ...Object.keys(substitute),
    ...known.flatMap(({ data, hidden = [] }) => [...Object.keys(data), ...hidden]),
  ];
  const files = set.reads.flatMap(path => index.file(path) ?? []);
  const substitution = { object, set, known: new Set(names), files };
  reportUnset(substitution);
  reportWrongKeys(substitution, known);
  const unreadable = reportUnreadable(substitution);
  return [
    ...unreadable,
    ...wrongNames(Object.keys(substitute)),
    ...unused(substitution, Object.keys(substitute)),
  ];
}

function applicationOf({ resource, realm }: EngineObject): Application | undefined {
  return realm.environment?.applications.find(
    ({ controller }) =>
      controller?.kind === 'Kustomization' &&
      controller.group === resource.group &&
      controller.name === resource.name &&
      controller.namespace === resource.namespace,
  );
}

function reportUnset(substitution: Substitution): void {
  const { set, files } = substitution;
  const unset = new Set((set.uncertain ?? []).flatMap(({ unset: names = [] }) => names));
  if (unset.size === 0) return;
  for (const file of files)
    for (const use of usesIn(file)) {
      if (!unset.has(use.name) || use.hasDefault || isComment(file, use)) continue;
      report(substitution, file, use, 'flux-unset-variable', severityOfUnset(substitution), {
        near: nearIn(use.name, [...substitution.known]),
      });
    }
}

/**
 * kustomize-controller 1.9 and later refuse what nothing sets, unless its feature gate is off; earlier ones substitute
 * nothing. Which one runs is known where the repository deploys it.
 */
function severityOfUnset({ object }: Substitution): Severity {
  return strictness(object.realm) === true ? 'error' : 'warning';
}

const controllers = new WeakMap<Realm, { isStrict: boolean | undefined }>();

function strictness(realm: Realm): boolean | undefined {
  const known = controllers.get(realm) ?? { isStrict: readStrictness(realm) };
  controllers.set(realm, known);
  return known.isStrict;
}

function readStrictness(realm: Realm): boolean | undefined {
  const [controller] = realm
    .ofKind('apps', 'Deployment')
    .filter(({ resource }) => resource.name === 'kustomize-controller');
  const pod = objectAt(controller?.value(), 'spec', 'template', 'spec');
  const [container] = objectsAt(pod, 'containers');
  const gate = textsAt(container, 'args')
    .join(',')
    .match(/StrictPostBuildSubstitutions=(true|false)/)?.[1];
  if (gate !== undefined) return gate === 'true';
  const [, major, minor] = /:v(\d+)\.(\d+)\./.exec(textAt(container, 'image') ?? '') ?? [];
  if (major === undefined) return undefined;
  return Number(major) > 1 || Number(minor) >= 9;
}

/** Told where envsubst refused the build: which text it was, it does not say. */
function reportUnreadable(substitution: Substitution): Violation[] {
  const { object, set, files } = substitution;
  const message = set.failure?.message ?? '';
  if (!message.includes('variable substitution failed')) return [];
  const broken = files.flatMap(file =>
    usesIn(file).flatMap(use =>
      use.problem === undefined || isComment(file, use) ? [] : [{ file, use }],
    ),
  );
  for (const { file, use } of broken)
    report(substitution, file, use, 'flux-variable-syntax', 'error', {});
  if (broken.length > 0) return [];
  return [
    {
      rule: 'flux-variable-syntax',
      severity: 'error',
      pointer: ['spec', 'postBuild'],
      on: 'key',
      message: `Flux cannot substitute the variables of Kustomization ${object.resource.name}: ${message.replace(/^.*variable substitution failed: /s, '').replace(/\.$/, '')}.`,
    },
  ];
}

/** The controller substitutes in what kustomize made, which has no comments. */
function isComment({ text }: IndexedFile, { start }: VariableUse): boolean {
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  return /^\s*#/.test(line);
}

function report(
  { object, set }: Substitution,
  file: IndexedFile,
  use: VariableUse,
  rule: string,
  severity: Severity,
  { near }: { near?: string | undefined },
): void {
  const written = file.text.slice(use.start, use.end);
  const { resource, subject, checks } = object;
  const hint =
    near === undefined
      ? `; add it to postBuild, or write a default: \${${use.name}:=value}.`
      : `; did you mean ${near}?`;
  const message =
    use.problem === undefined
      ? `Nothing sets the variable ${use.name} of Kustomization ${resource.name}${hint}`
      : `Flux cannot read ${written}: ${use.problem}; write $\${ for what is no variable of Flux.`;
  checks.findings.add({
    rule,
    severity,
    file: file.path,
    ...rangeOfUse(file, use),
    message,
    environments: set.environment === undefined ? [] : [set.environment],
    related: [placed(subject.place, `Kustomization ${resource.name} substitutes here.`)],
  });
}

function placed({ file, line, column }: Place, message: string) {
  return { file, line, column, endLine: line, endColumn: column + 1, message };
}

/** Every key of what `substituteFrom` names is a variable, meant or not. */
function reportWrongKeys({ object, set }: Substitution, known: readonly NamedData[]): void {
  const { index } = object.checks.input;
  for (const { kind, name, data, places = {} } of known)
    for (const key of Object.keys(data)) {
      const place = places[key];
      if (isVariableName(key) || !place) continue;
      object.checks.findings.add({
        rule: 'flux-variable-name',
        severity: 'error',
        file: place.file,
        ...rangeAtPlace(index.file(place.file), place, 'key', false),
        message: `${key} is no name of a variable, so that Flux refuses Kustomization ${object.resource.name}, which takes all keys of ${kind} ${name} as variables.`,
        environments: set.environment === undefined ? [] : [set.environment],
        related: [placed(object.subject.place, `Kustomization ${object.resource.name}.`)],
      });
    }
}

function isVariableName(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name);
}

function wrongNames(names: readonly string[]): Violation[] {
  return names.flatMap((name): Violation[] => {
    if (isVariableName(name)) return [];
    return [
      {
        rule: 'flux-variable-name',
        severity: 'error',
        pointer: ['spec', 'postBuild', 'substitute', name],
        on: 'key',
        message: `${name} is no name of a variable: it has letters, digits and _ only and begins with no digit; Flux refuses the whole Kustomization.`,
      },
    ];
  });
}

/** Only where every text is known that the build reads. */
function unused({ object, set, files }: Substitution, names: readonly string[]): Violation[] {
  if (set.failure || files.length < set.reads.length) return [];
  const used = new Set(files.flatMap(file => usesIn(file).map(({ name }) => name)));
  const own = objectAt(object.object, 'spec', 'postBuild', 'substitute') ?? {};
  return names.flatMap((name): Violation[] => {
    if (used.has(name) || !Object.hasOwn(own, name)) return [];
    return [
      {
        rule: 'flux-unused-variable',
        severity: 'information',
        pointer: ['spec', 'postBuild', 'substitute', name],
        on: 'key',
        message: `Nothing that Kustomization ${object.resource.name} builds uses the variable ${name}.`,
      },
    ];
  });
}
