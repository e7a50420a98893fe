import type { IndexedFile } from '../manifests/index-types.ts';
import { keptObjectOf } from '../manifests/kept-values.ts';
import { isTestData } from '../manifests/test-data.ts';
import type { RelatedPlace } from '../model/finding.ts';
import { type JsonObject, resourceOf } from '../model/resource.ts';
import { createSchemas } from '../schemas/schemas.ts';
import { openStore } from '../schemas/store.ts';
import type { KindType, Schemas } from '../schemas/type.ts';
import { FindingCollector, NotCheckedCollector } from './collect.ts';
import type { RenderedSet, ValidationInput } from './input.ts';
import type { Subject } from './places/subject.ts';
import { identify } from './structure/identity.ts';
import type { Violation } from './violation.ts';

/** What all checks of one validation share. */
export interface Checks {
  readonly input: ValidationInput;
  readonly findings: FindingCollector;
  readonly notChecked: NotCheckedCollector;
  report(subject: Subject, violations: readonly Violation[]): void;
  skip(subject: Subject, reason: string): void;
  /** The type to check an object by; reports or notes why there is none. */
  kindOf(subject: Subject, schemas: Schemas): KindType | undefined;
  /** For an environment, or for what none deploys. */
  schemasOf(target: string, environment?: string): Schemas;
}

export function createChecks(input: ValidationInput): Checks {
  const schemasOf = input.schemasOf ?? schemasOfRepository(input);
  const checks: Checks = {
    input,
    findings: new FindingCollector(path => isTestData(path, input.index.files())),
    notChecked: new NotCheckedCollector(),
    report(subject, violations) {
      for (const violation of violations) {
        const { finding, how } = subject.locate(violation);
        const related = relatedTo(subject, violation);
        checks.findings.add(related.length === 0 ? finding : { ...finding, related }, how);
      }
    },
    skip({ place, environments: [environment], object }, reason) {
      const resource = resourceOf(object);
      checks.notChecked.add({
        reason,
        place,
        ...(resource ? { object: resource } : {}),
        ...(environment === undefined ? {} : { environment }),
      });
    },
    kindOf(subject, schemas) {
      const { violations, lookup } = identify(subject.object, schemas);
      checks.report(subject, violations);
      if (lookup?.found) return lookup.kind;
      if (lookup?.why === 'unknown') checks.skip(subject, lookup.reason);
      return undefined;
    },
    schemasOf,
  };
  return checks;
}

/** Where what would be gone with the violation is told. */
function relatedTo(subject: Subject, { follows = [] }: Violation): RelatedPlace[] {
  return follows.map(violation => {
    const { file, line, column, endLine, endColumn, message } = subject.locate(violation).finding;
    return { file, line, column, endLine, endColumn, message };
  });
}

/** Types of a version with all definitions of the repository and its renders, made once. */
function schemasOfRepository(input: ValidationInput): (version: string) => Schemas {
  const store = input.store ?? openStore();
  const crds = customTypesOf(input.index.files(), input.rendered);
  const schemas = new Map<string, Schemas>();
  return version => {
    const known = schemas.get(version) ?? createSchemas({ version, crds, store, bundled: true });
    schemas.set(version, known);
    return known;
  };
}

/** Every CustomResourceDefinition of the files and renders, equal ones once. */
function customTypesOf(
  files: readonly IndexedFile[],
  rendered: readonly RenderedSet[],
): JsonObject[] {
  const found = new Map<string, JsonObject>();
  for (const { text, objects, path } of files) {
    if (isTestData(path, files)) continue;
    for (const { resource, document } of objects) {
      if (resource.kind !== 'CustomResourceDefinition' || !document.root) continue;
      const written = text.slice(document.root.start, document.root.end);
      const value = found.get(written) ?? keptObjectOf(document.root);
      if (value) found.set(written, value);
    }
  }
  for (const { objects } of rendered)
    for (const { resource, value } of objects)
      if (resource.kind === 'CustomResourceDefinition') found.set(JSON.stringify(value), value);
  return [...found.values()];
}
