import { jsonOf, nodeAt } from '../../manifests/locate.ts';
import type { Application } from '../../model/environment.ts';
import type { Pointer } from '../../model/path.ts';
import type { Json, JsonObject } from '../../model/resource.ts';
import { isObject } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import type { Workspace } from '../../workspace.ts';
import type { RuleFormat } from './rules.ts';

/** The engine's own object in the repository, and the list in it that holds its rules. */
export interface RuleHolder {
  format: RuleFormat;
  kind: string;
  name: string;
  file: string;
  place: Place;
  document: number;
  pointer: Pointer;
  /** The object as it is written. */
  value: JsonObject;
}

const lists: Record<string, { format: RuleFormat; pointer: Pointer }> = {
  'kustomize.toolkit.fluxcd.io/Kustomization': { format: 'flux', pointer: ['spec', 'ignore'] },
  'helm.toolkit.fluxcd.io/HelmRelease': {
    format: 'flux',
    pointer: ['spec', 'driftDetection', 'ignore'],
  },
  'argoproj.io/Application': { format: 'argocd', pointer: ['spec', 'ignoreDifferences'] },
  'argoproj.io/ApplicationSet': {
    format: 'argocd',
    pointer: ['spec', 'template', 'spec', 'ignoreDifferences'],
  },
};

/** Where the engine of an application reads its ignore rules; undefined where no file of the repository says it. */
export function ruleHolder({ index }: Workspace, application: Application): RuleHolder | undefined {
  const { origin, controller } = application;
  if (!controller) return undefined;
  const file = index.file(origin.file);
  const object = file?.objects.find(({ line }) => line === origin.line);
  const root = object?.document.root;
  if (!file || !object || !root || !['manifest', 'patch'].includes(file.role)) return undefined;
  const { group, kind, name } = object.resource;
  const list = lists[`${group}/${kind}`];
  const value = jsonOf(root);
  if (!list || !isObject(value)) return undefined;
  const document = file.parsed.documents.indexOf(object.document);
  return { ...list, kind, name, file: origin.file, place: origin, document, value };
}

export function rulesIn(
  { index }: Workspace,
  { file, document, pointer }: Pick<RuleHolder, 'file' | 'document' | 'pointer'>,
): Json | undefined {
  const node = nodeAt(index.file(file)?.parsed.documents[document]?.root, pointer);
  return node && jsonOf(node);
}

/** Why the engine would not know the rule: its definition in the repository has no such field. */
export function unknownField(
  workspace: Workspace,
  { value, pointer, kind }: RuleHolder,
): string | undefined {
  const [group = '', version = ''] = String(value.apiVersion).split('/');
  const found = workspace
    .schemas(undefined, workspace.customTypes())
    .lookup({ group, version, kind });
  if (!found.found || found.kind.builtin) return undefined;
  let { type } = found.kind;
  for (const step of pointer) {
    const inner = type.fields?.get(String(step)) ?? type.element;
    if (!inner && type.fields && !type.preserve)
      return `the ${kind} that this repository defines has no ${pointer.join('.')} (Flux has it from kustomize-controller 1.9 on)`;
    if (!inner) return undefined;
    type = inner;
  }
  return undefined;
}
