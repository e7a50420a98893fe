import type { IndexedFile } from '../manifests/index-types.ts';
import { keptObjectOf } from '../manifests/kept-values.ts';
import { jsonOf, textAt } from '../manifests/locate.ts';
import type { ManifestDocument } from '../manifests/syntax.ts';
import { isObject, type JsonObject } from '../model/resource.ts';
import type { Schemas } from '../schemas/type.ts';
import type { Checks } from './checks.ts';
import type { Final } from './finals.ts';
import type { RenderedSet, ValidationInput } from './input.ts';
import { documentSubject, isMap, type Subject } from './places/subject.ts';
import { asOfRelease } from './release.ts';
import { identify } from './structure/identity.ts';
import { checkStructure } from './structure/structural.ts';
import { isFilledLater, isLoosePatch, makesTemplates } from './unfinished.ts';

/** Roles whose text must be sound; templates and other tools' files are not Kubernetes' business. */
const readRoles = new Set(['manifest', 'patch', 'kustomization', 'chart', 'chart-values']);

/** Why what a build of templates makes is left out. */
export const templates = 'another tool fills in its template expressions';

/** What no overlay mends. */
const shapes = new Set(['unknown-field', 'wrong-type']);

/**
 * What the text alone tells: broken YAML, and the structure of what an overlay completes. Objects that
 * stand alone are handed on as final.
 */
export function checkTexts(checks: Checks): { files: number; documents: number; finals: Final[] } {
  const readers = readersOf(checks.input.rendered);
  const counts = { files: 0, documents: 0 };
  const finals: Final[] = [];
  for (const file of filesOf(checks.input)) {
    if (!readRoles.has(file.role)) continue;
    counts.files++;
    reportProblems(checks, file);
    if (file.role !== 'manifest' && file.role !== 'patch') continue;
    const own = readers.get(file.path);
    for (const { subject, schemas } of subjectsOf(checks, file, own)) {
      counts.documents++;
      if (own?.every(makesTemplates)) checks.skip(subject, templates);
      else if (own) checkPartial(checks, file, subject, schemas, shapes);
      else if (checks.input.index.standsAlone(file.path))
        finals.push({ subject, schemas, incomplete: isLoosePatch(file.path, checks.input.index) });
      else checkPartial(checks, file, subject, schemas);
    }
  }
  return { ...counts, finals };
}

/**
 * What no render changes in one file: broken YAML, and fields and values that its kind cannot have. `readers` are
 * the sets that read it.
 */
export function checkShapes(
  checks: Checks,
  file: IndexedFile,
  readers: readonly Pick<RenderedSet, 'environment' | 'target'>[],
): void {
  if (!readRoles.has(file.role)) return;
  reportProblems(checks, file);
  if (file.role !== 'manifest' && file.role !== 'patch') return;
  for (const { subject, schemas } of subjectsOf(
    checks,
    file,
    readers.length > 0 ? readers : undefined,
  ))
    checkPartial(checks, file, subject, schemas, shapes);
}

function filesOf({ index, only }: ValidationInput): readonly IndexedFile[] {
  if (only === undefined) return index.files();
  const file = index.file(only);
  return file ? [file] : [];
}

function reportProblems(checks: Checks, { parsed, path, text }: IndexedFile): void {
  for (const { rule, message, line, column, endLine, endColumn } of parsed.problems) {
    if (isFilledLater(text.split('\n')[line - 1] ?? '')) {
      checks.notChecked.add({ reason: templates, place: { file: path, line, column } });
      continue;
    }
    const range = { file: path, line, column, endLine, endColumn };
    checks.findings.add({ rule, severity: 'error', message, environments: [], ...range });
  }
}

/** Each object of a file once for all environments that render it and have the same types. */
function subjectsOf(
  { input, schemasOf }: Checks,
  file: IndexedFile,
  readers: readonly Pick<RenderedSet, 'environment' | 'target'>[] = [{ target: input.target }],
): { subject: Subject; schemas: Schemas }[] {
  const bySchemas = Map.groupBy(readers, ({ target, environment }) =>
    schemasOf(target, environment),
  );
  return [...bySchemas].flatMap(([schemas, sets]) => {
    const names = sets.flatMap(({ environment }) => environment ?? []);
    return file.parsed.documents.filter(isMap).flatMap(document => {
      const object = objectIn(document);
      if (!object) return [];
      return [{ subject: documentSubject(file, document, object, [...new Set(names)]), schemas }];
    });
  });
}

/** Definitions are large, and are types as well. */
function objectIn({ root }: ManifestDocument): JsonObject | undefined {
  if (root === undefined) return undefined;
  if (textAt(root, 'kind') === 'CustomResourceDefinition') return keptObjectOf(root);
  const value = jsonOf(root);
  return isObject(value) ? value : undefined;
}

/** A patch or base; with `rules`, only those: what a render shows is checked there, as overlays leave it. */
function checkPartial(
  checks: Checks,
  file: IndexedFile,
  subject: Subject,
  schemas: Schemas,
  rules?: ReadonlySet<string>,
): void {
  const { violations, lookup } = identify(subject.object, schemas);
  if (file.role !== 'patch') checks.report(subject, violations);
  if (!lookup?.found) return;
  const { kind } = lookup;
  const found = asOfRelease(checkStructure(subject.object, kind, { partial: true }), kind);
  checks.report(subject, rules ? found.filter(({ rule }) => rules.has(rule)) : found);
}

/** What renders a file, by its path. */
function readersOf(sets: readonly RenderedSet[]): Map<string, RenderedSet[]> {
  const readers = new Map<string, RenderedSet[]>();
  for (const set of sets)
    for (const path of set.reads) {
      const known = readers.get(path);
      if (known) known.push(set);
      else readers.set(path, [set]);
    }
  return readers;
}
