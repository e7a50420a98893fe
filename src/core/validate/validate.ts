import type { IndexedFile } from '../manifests/index-types.ts';
import type { Finding, NotChecked } from '../model/finding.ts';
import { checkAcross } from './check-across.ts';
import { createChecks } from './checks.ts';
import { checkFinals } from './finals.ts';
import type { RenderedSet, ValidationInput } from './input.ts';
import { renderedSubject } from './places/subject.ts';
import { checkShapes, checkTexts, templates } from './texts.ts';
import { isLoosePatch, makesTemplates } from './unfinished.ts';

export type { RenderedSet, ValidationInput } from './input.ts';

export interface Validation {
  findings: Finding[];
  /** `objects` are final ones, each as often as it is rendered. */
  checked: { files: number; documents: number; objects: number };
  notChecked: NotChecked[];
}

/**
 * Checks a repository: the text of every manifest and patch, and every final object — rendered, or a
 * plain manifest that nothing renders — by its type, our own rules and the judge. A finding that several
 * layers or environments make is one. Throws the signal's reason when aborted.
 */
export async function validateRepository(input: ValidationInput): Promise<Validation> {
  const checks = createChecks(input);
  const { files, documents, finals } = checkTexts(checks);
  const fileAt = (path: string) => input.index.file(path);
  const { only, rendered } = input;
  const wanted = rendered.filter(({ reads }) => only === undefined || reads.includes(only));
  for (const set of wanted) {
    const { environment, target, objects, incomplete, source } = set;
    const areTemplates = source?.kind === 'kustomize' && makesTemplates(set);
    for (const object of objects) {
      const subject = renderedSubject(object, environment, fileAt);
      if (areTemplates) {
        checks.skip(subject, templates);
        continue;
      }
      const isPart =
        incomplete || (source?.kind === 'plain' && isLoosePatch(object.source.file, input.index));
      const schemas = checks.schemasOf(target, environment);
      const unplaced = environment === undefined;
      finals.push({ subject, schemas, incomplete: isPart === true, unplaced });
    }
  }
  const objects = await checkFinals(checks, finals);
  await checkAcross(checks, finals);
  return {
    findings: checks.findings.sorted(),
    checked: { files, documents, objects },
    notChecked: checks.notChecked.sorted(),
  };
}

/**
 * What the present text of one file tells by itself, within milliseconds: a part of what `validateRepository` finds
 * in it once everything is rendered. `readers` are the sets that read it.
 */
export function findingsInText(
  input: Pick<ValidationInput, 'index' | 'target' | 'schemasOf'>,
  file: IndexedFile,
  readers: readonly Pick<RenderedSet, 'environment' | 'target'>[],
): Finding[] {
  const checks = createChecks({ ...input, rendered: [] });
  checkShapes(checks, file, readers);
  return checks.findings.sorted();
}
