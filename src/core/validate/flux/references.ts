import { type Reference as NamedObject, referencesOf } from '../../links/references.ts';
import { textAt } from '../../model/fields.ts';
import type { Pointer } from '../../model/path.ts';
import { type JsonObject, resourceText } from '../../model/resource.ts';
import { isAside } from '../aside.ts';
import type { EngineObject } from '../engine-object.ts';
import { literal } from '../literal.ts';
import { nearIn } from '../near.ts';
import { isPlaceholder } from '../placeholders.ts';
import type { Realm } from '../realm.ts';
import type { Violation } from '../violation.ts';
import { isFluxGroup } from './kinds.ts';

/** A reference to an object of Flux itself. */
export interface Reference {
  /** To the name. */
  pointer: Pointer;
  group: string;
  kind: string;
  namespace: string;
  name: string;
}

/** Sources, dependencies and other objects of Flux that a Flux object names and that are nowhere. */
export function checkReferences(object: EngineObject): Violation[] {
  return fluxReferences(object.object).flatMap(reference => missing(object, reference) ?? []);
}

/** The references of an object to one of Flux, where its kind and namespace are known. */
export function fluxReferences(object: JsonObject): Reference[] {
  return referencesOf(object).flatMap(({ pointer, name, namespace, kinds }: NamedObject) => {
    const [kind, ...others] = kinds;
    if (!kind || others.length > 0 || !isFluxGroup(kind.group) || !namespace) return [];
    if (isPlaceholder(name) || isPlaceholder(namespace)) return [];
    return [{ pointer, ...kind, namespace, name }];
  });
}

function missing(object: EngineObject, reference: Reference): Violation | undefined {
  const { realm } = object;
  const { kind, name, namespace, pointer } = reference;
  // Others than an ArtifactGenerator may make it as well.
  if (kind === 'ExternalArtifact' || isBootstrap(reference)) return undefined;
  if (realm.find(reference).length > 0) return undefined;
  const all = realm.ofKind(reference.group, kind);
  const [other] = all.filter(({ resource }) => resource.name === name);
  const beside = all.filter(({ resource }) => resource.namespace === namespace);
  const near = nearIn(
    name,
    beside.map(({ resource }) => resource.name),
  );
  const isClear = other !== undefined || near !== undefined;
  if (!isClear && !isSurelyMissing(object, reference, beside.length > 0)) return undefined;
  const what = `There is no ${resourceText({ group: '', kind, namespace, name })}`;
  const violation = { rule: ruleOf(pointer), severity: 'warning', pointer, on: 'value' } as const;
  if (other && isLocal(object, pointer))
    return {
      ...violation,
      message: `${what}, and the one in namespace ${other.resource.namespace} cannot be named from here.`,
    };
  if (other)
    return {
      ...violation,
      message: `${what}, but there is one in namespace ${other.resource.namespace}; write namespace: ${other.resource.namespace} beside the name.`,
      fix: `Write namespace: ${other.resource.namespace}.`,
    };
  if (near !== undefined)
    return { ...violation, message: `${what}; did you mean ${near}?`, fix: `Write ${near}.` };
  const waits = pointer.includes('dependsOn') ? ', so this waits for it forever' : '';
  return { ...violation, message: `${what}${waits}.` };
}

/** `flux bootstrap` and the Flux operator make it; it need not be in the repository. */
function isBootstrap({ kind, name, namespace }: Reference): boolean {
  return name === 'flux-system' && namespace === 'flux-system' && kind !== 'HelmRelease';
}

/** References that have no namespace of their own. */
function isLocal({ resource }: EngineObject, pointer: Pointer): boolean {
  const isOfSource = resource.kind === 'HelmChart' || resource.kind === 'GitRepository';
  return isOfSource || pointer.includes('providerRef');
}

function isSurelyMissing(
  { realm, subject, checks }: EngineObject,
  reference: Reference,
  hasOthers: boolean,
): boolean {
  if (isAssumed(realm, reference)) return false;
  if (!realm.complete && (!hasOthers || isAside(subject.place.file))) return false;
  // Templates, and what other programs make manifests of, may hold it.
  const kind = new RegExp(`\\b${literal(reference.kind)}\\b`);
  return !checks.input.index
    .files()
    .some(
      ({ role, text }) =>
        role !== 'manifest' &&
        role !== 'kustomization' &&
        text.includes(reference.name) &&
        kind.test(text),
    );
}

/** True for the source that is taken for this repository, as the paths of its Kustomizations are here. */
function isAssumed(realm: Realm, { kind, name, namespace }: Reference): boolean {
  const applications = realm.environment?.applications ?? [];
  return applications.some(({ controller, source }) => {
    if (controller?.kind !== 'Kustomization' || source.kind !== 'kustomize') return false;
    const [known] = realm.find(controller);
    const spec = known?.value()?.spec;
    const sourceNamespace = textAt(spec, 'sourceRef', 'namespace') ?? controller.namespace;
    return (
      textAt(spec, 'sourceRef', 'kind') === kind &&
      textAt(spec, 'sourceRef', 'name') === name &&
      sourceNamespace === namespace
    );
  });
}

function ruleOf(pointer: Pointer): string {
  if (pointer.includes('dependsOn')) return 'flux-missing-dependency';
  const fields = ['sourceRef', 'chartRef', 'sources', 'include'];
  return fields.some(field => pointer.includes(field))
    ? 'flux-missing-source'
    : 'missing-reference';
}
