import { keyRange } from '../../manifests/locate.ts';
import type { Finding } from '../../model/finding.ts';
import type { Pointer } from '../../model/path.ts';
import type { FieldType, KindType } from '../../schemas/type.ts';
import type { Across } from '../across.ts';
import { rangeInDocument } from '../places/place.ts';
import { goType } from '../structure/go-types.ts';
import { checkStructure } from '../structure/structural.ts';
import { type Violation, withFix } from '../violation.ts';
import { kustomizationsOf, type WrittenKustomization } from './read.ts';
import { kustomizationTypes } from './types.ts';

/** The type of a kustomization, made of kustomize's own (`types.ts`). */
const kustomizationType = goType('Kustomization', kustomizationTypes);

const kustomizationKind: KindType = {
  type: kustomizationType,
  namespaced: false,
  builtin: true,
  origin: 'bundled',
  hasStatusSubresource: false,
};

/** Fields that kustomize does not know or that hold something else, as its strict reading refuses them. */
export const checkFields: Across = ({ checks }) => {
  for (const kustomization of kustomizationsOf(checks.input.index, checks.input.only)) {
    const found = checkStructure(kustomization.value, kustomizationKind);
    const refused = found.filter(isRefused).map(withLongerName);
    for (const violation of [...refused, ...identity(kustomization)])
      checks.findings.add(findingOf(kustomization, violation));
  }
};

/** Kustomize reads names of fields in upper and lower case alike. */
function isRefused({ rule, pointer, fix }: Violation): boolean {
  const name = String(pointer.at(-1)).toLowerCase();
  return rule !== 'unknown-field' || fix?.toLowerCase() !== `write ${name}.`;
}

/** `tag` of an image is called newTag: the only field of the same type that ends with the name. */
function withLongerName(violation: Violation): Violation {
  const { rule, pointer, fix, message } = violation;
  const name = String(pointer.at(-1)).toLowerCase();
  if (rule !== 'unknown-field' || fix !== undefined) return violation;
  const fields = typeAt(pointer.slice(0, -1))?.fields?.keys() ?? [];
  const longer = [...fields].filter(field => field.toLowerCase().endsWith(name));
  const [only] = longer;
  if (only === undefined || longer.length > 1 || name.length < 3) return violation;
  return { ...violation, ...withFix({ ...violation, message: message.replace(/\.$/, '') }, only) };
}

function typeAt(pointer: Pointer): FieldType | undefined {
  return pointer.reduce<FieldType | undefined>(
    (type, step) => type?.fields?.get(String(step)) ?? type?.element,
    kustomizationType,
  );
}

/** As kustomize enforces it (types.Kustomization.EnforceFields). */
function identity({ value: { apiVersion, kind } }: WrittenKustomization): Violation[] {
  const found: Violation[] = [];
  if (typeof kind === 'string' && kind !== '' && kind !== 'Kustomization' && kind !== 'Component')
    found.push(wrong('kind', `kind must be Kustomization or Component, not ${kind}`));
  const version = kind === 'Component' ? 'v1alpha1' : 'v1beta1';
  const due = `kustomize.config.k8s.io/${version}`;
  if (typeof apiVersion === 'string' && apiVersion !== '' && apiVersion !== due)
    found.push(
      wrong('apiVersion', `apiVersion of a ${kind ?? 'Kustomization'} must be ${due}`, due),
    );
  return found;
}

function wrong(field: string, message: string, fix?: string): Violation {
  return {
    rule: 'bad-enum',
    severity: 'error',
    pointer: [field],
    on: 'value',
    message: `${message}.`,
    ...(fix !== undefined && { fix: `Write ${fix}.` }),
  };
}

function findingOf(
  { file, document }: WrittenKustomization,
  { rule, severity, message, pointer, on, fix }: Violation,
): Finding {
  const finding: Finding = {
    rule,
    severity,
    message,
    file: file.path,
    environments: [],
    ...rangeInDocument(file.parsed, document, pointer, on),
    ...(fix !== undefined && { fix }),
  };
  const name = /^Write ([\w./-]+)\.$/.exec(fix ?? '')?.[1];
  const range = rule === 'unknown-field' ? keyRange(file.parsed, document.root, pointer) : finding;
  if (name === undefined || !range) return finding;
  const { line, column, endLine, endColumn } = range;
  const edit = { file: file.path, line, column, endLine, endColumn, text: name };
  return { ...finding, mends: [{ title: `Write ${name}`, edits: [edit] }] };
}
