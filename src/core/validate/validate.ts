import type { IndexedFile } from '../manifests/index-types.ts';
import { jsonOf } from '../manifests/locate.ts';
import type { RepositoryIndex } from '../manifests/repository-index.ts';
import type { Finding, NotChecked } from '../model/finding.ts';
import type { RenderedObject } from '../model/rendered.ts';
import { isObject, type JsonObject, resourceOf } from '../model/resource.ts';
import { createSchemas } from '../schemas/schemas.ts';
import { openStore, type SchemaStore } from '../schemas/store.ts';
import type { KindType, Schemas } from '../schemas/type.ts';
import type { Judge, JudgeFinding } from '../upstream/judge.ts';
import { Collector } from './collect.ts';
import { identify } from './identity.ts';
import { mergeVerdicts } from './merge.ts';
import { isEncrypted, placeholderIn } from './placeholders.ts';
import { checkRules } from './rules/index.ts';
import { checkStructure } from './structural.ts';
import { documentSubject, isMap, renderedSubject, type Subject } from './subject.ts';
import type { Violation } from './violation.ts';

/** What one environment, or a folder or chart that none names, would apply. */
export interface RenderedSet {
  /** Name of the environment; undefined for what none deploys. */
  environment?: string;
  /** Kubernetes version it is checked against, such as `1.33`. */
  target: string;
  objects: readonly RenderedObject[];
  /** Files the render read. */
  reads: readonly string[];
}

export interface ValidationInput {
  index: RepositoryIndex;
  rendered: readonly RenderedSet[];
  /** Kubernetes version for files that nothing renders. */
  target: string;
  /** Absent where the program is not there: only structure and our own rules are checked then. */
  judge?: Pick<Judge, 'validate'>;
  store?: SchemaStore;
  signal?: AbortSignal;
}

export interface Validation {
  findings: Finding[];
  checked: { files: number; documents: number; objects: number };
  notChecked: NotChecked[];
}

/**
 * Checks a repository: the text of every manifest and patch, and every final object — rendered, or a
 * plain manifest that nothing renders — by its type, our own rules and the judge. A finding that several
 * layers or environments make is one.
 */
export async function validateRepository(input: ValidationInput): Promise<Validation> {
  const run = new Run(input);
  run.checkTexts();
  await run.checkFinals();
  return run.result();
}

/** An object that will be applied as it is. */
interface Final {
  subject: Subject;
  target: string;
}

/** Roles whose text must be sound; templates and values of other tools are not Kubernetes' business. */
const readRoles = new Set(['manifest', 'patch', 'kustomization', 'chart', 'chart-values']);

/** What no overlay mends. */
const shapes = new Set(['unknown-field', 'wrong-type']);

class Run {
  readonly #input: ValidationInput;
  readonly #collector = new Collector();
  readonly #checked = { files: 0, documents: 0, objects: 0 };
  readonly #finals: Final[] = [];
  readonly #schemas = new Map<string, Schemas>();
  readonly #store: SchemaStore;
  readonly #crds: JsonObject[];

  constructor(input: ValidationInput) {
    this.#input = input;
    this.#store = input.store ?? openStore();
    this.#crds = customTypes(input.index.files(), input.rendered);
  }

  /** What the text alone tells: broken YAML, and the structure of what is not yet a final object. */
  checkTexts(): void {
    for (const file of this.#input.index.files()) {
      if (!readRoles.has(file.role)) continue;
      this.#checked.files++;
      for (const { rule, message, line, column, endLine, endColumn } of file.parsed.problems) {
        const range = { line, column, endLine, endColumn };
        const what = { rule, severity: 'error' as const, message, environments: [] };
        this.#collector.add({ ...what, file: file.path, ...range });
      }
      if (file.role === 'manifest' || file.role === 'patch') this.#checkDocuments(file);
    }
  }

  #checkDocuments(file: IndexedFile): void {
    const readers = this.#input.rendered.filter(({ reads }) => reads.includes(file.path));
    const isFinal = readers.length === 0 && this.#input.index.standsAlone(file.path);
    const sets: Pick<RenderedSet, 'environment' | 'target'>[] =
      readers.length > 0 ? readers : [{ target: this.#input.target }];
    for (const document of file.parsed.documents.filter(isMap)) {
      this.#checked.documents++;
      const object = document.root && jsonOf(document.root);
      if (!isObject(object)) continue;
      for (const { environment, target } of sets) {
        const environments = environment === undefined ? [] : [environment];
        const subject = documentSubject(file, document, object, environments);
        if (isFinal) this.#finals.push({ subject, target });
        else this.#checkPartial(subject, target, file.role === 'patch', readers.length > 0);
      }
    }
  }

  /** A patch or base. Values that a render shows are checked there, where overlays have replaced them. */
  #checkPartial(subject: Subject, target: string, isPatch: boolean, isRendered: boolean): void {
    const { violations, lookup } = identify(subject.object, this.#schemasOf(target));
    if (!isPatch) this.#report(subject, violations);
    if (!lookup?.found) return;
    const found = checkStructure(subject.object, lookup.kind, { partial: true });
    const lasting = found.filter(({ rule }) => !isRendered || shapes.has(rule));
    this.#report(subject, lasting);
  }

  /** What will be applied: complete objects, by structure, our rules and the judge. */
  async checkFinals(): Promise<void> {
    const { rendered, index } = this.#input;
    const fileAt = (path: string) => index.file(path);
    for (const { environment, target, objects } of rendered)
      for (const object of objects)
        this.#finals.push({ subject: renderedSubject(object, environment, fileAt), target });
    const byTarget = Map.groupBy(this.#finals, ({ target }) => target);
    for (const [target, finals] of byTarget) {
      const subjects = finals.map(({ subject }) => subject);
      await this.#checkSubjects(subjects, target);
    }
  }

  async #checkSubjects(subjects: Subject[], target: string): Promise<void> {
    const structural = subjects.flatMap(subject => {
      const kind = this.#kindOf(subject, target);
      return kind ? [{ subject, kind, violations: checkStructure(subject.object, kind) }] : [];
    });
    this.#checked.objects += structural.length;
    const judged = await this.#judge(
      structural.map(({ subject }) => subject),
      target,
    );
    for (const { subject, kind, violations } of structural) {
      const findings = judged.get(subject);
      for (const { step, message } of findings ?? [])
        if (step === 'unchecked') this.#skip(subject, message);
      const { object } = subject;
      const all = findings ? mergeVerdicts(object, violations, findings, kind.builtin) : violations;
      this.#report(subject, [...all, ...checkRules(object)]);
    }
  }

  /** The type to check an object by; reports or notes why there is none. */
  #kindOf(subject: Subject, target: string): KindType | undefined {
    const { violations, lookup } = identify(subject.object, this.#schemasOf(target));
    this.#report(subject, violations);
    if (lookup?.found) return lookup.kind;
    if (lookup?.why === 'unknown') this.#skip(subject, lookup.reason);
    return undefined;
  }

  /** The judge's findings of each object that can be judged; says why the others are not. */
  async #judge(subjects: Subject[], target: string): Promise<Map<Subject, JudgeFinding[]>> {
    const { judge, signal } = this.#input;
    const verdicts = new Map<Subject, JudgeFinding[]>();
    const judgeable = subjects.filter(subject => this.#isJudgeable(subject));
    if (judgeable.length === 0) return verdicts;
    if (judge === undefined) {
      this.#collector.skip({ reason: 'the judge is not there, so only the structure was checked' });
      return verdicts;
    }
    const texts = judgeable.map(({ object }) => JSON.stringify(object));
    const distinct = [...new Map(judgeable.map((subject, i) => [texts[i], subject.object]))];
    try {
      const objects = distinct.map(([, object]) => object);
      const answers = await judge.validate(objects, { target, customTypes: this.#crds }, signal);
      const byText = new Map(distinct.map(([text], i) => [text, answers[i] ?? []]));
      for (const [i, subject] of judgeable.entries())
        verdicts.set(subject, byText.get(texts[i]) ?? []);
    } catch (error) {
      if (signal?.aborted) throw error;
      const why = error instanceof Error ? error.message : String(error);
      this.#collector.skip({ reason: `the judge could not answer: ${why}` });
    }
    return verdicts;
  }

  #skip({ place, environments, object }: Subject, reason: string): void {
    const [environment] = environments;
    const resource = resourceOf(object);
    this.#collector.skip({
      reason,
      place,
      ...(resource ? { object: resource } : {}),
      ...(environment === undefined ? {} : { environment }),
    });
  }

  #isJudgeable(subject: Subject): boolean {
    const { object } = subject;
    const at = isEncrypted(object) ? [] : placeholderIn(object);
    if (at === undefined) return true;
    const what = isEncrypted(object)
      ? 'encrypted by SOPS'
      : 'another tool fills in its placeholders';
    this.#skip(subject, `only the structure was checked: ${what}`);
    return false;
  }

  #report(subject: Subject, violations: readonly Violation[]): void {
    for (const violation of violations) {
      const { finding, how } = subject.locate(violation);
      this.#collector.add(finding, how);
    }
  }

  #schemasOf(version: string): Schemas {
    const known = this.#schemas.get(version);
    if (known) return known;
    const schemas = createSchemas({ version, crds: this.#crds, store: this.#store });
    this.#schemas.set(version, schemas);
    return schemas;
  }

  result(): Validation {
    const findings = this.#collector.findings();
    return { findings, checked: this.#checked, notChecked: this.#collector.notChecked() };
  }
}

/** Every CustomResourceDefinition of the repository and its renders, equal ones once. */
function customTypes(files: Iterable<IndexedFile>, rendered: readonly RenderedSet[]): JsonObject[] {
  const found = new Map<string, JsonObject>();
  const add = (object: unknown) => {
    if (isObject(object)) found.set(JSON.stringify(object.spec), object);
  };
  for (const file of files)
    for (const { resource, document } of file.objects)
      if (resource.kind === 'CustomResourceDefinition' && document.root) add(jsonOf(document.root));
  for (const { objects } of rendered)
    for (const { resource, value } of objects)
      if (resource.kind === 'CustomResourceDefinition') add(value);
  return [...found.values()];
}
