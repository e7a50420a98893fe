import { type Reference, referencesOf } from '../../links/references.ts';
import { objectAt, textAt } from '../../model/fields.ts';
import type { Pointer } from '../../model/path.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { EngineObject } from '../engine-object.ts';
import { literal } from '../literal.ts';
import { nearIn } from '../near.ts';
import { isPlaceholder } from '../placeholders.ts';
import type { Known } from '../realm.ts';
import { valueAt } from '../value.ts';
import type { Violation } from '../violation.ts';

/**
 * ConfigMaps and Secrets that Flux objects name, and their keys. People make Secrets by hand, and programs make
 * both, so that one is only called missing where something else shows what was meant, or where nothing could make it.
 */
export function checkData(object: EngineObject): Violation[] {
  return referencesOf(object.object).flatMap(reference => {
    const [kind, ...others] = reference.kinds;
    const isData = kind?.group === '' && (kind.kind === 'ConfigMap' || kind.kind === 'Secret');
    const { name, namespace, optional } = reference;
    if (!isData || others.length > 0 || optional || !namespace) return [];
    if (isPlaceholder(name) || isPlaceholder(namespace)) return [];
    const found = object.realm.find({ ...kind, namespace, name });
    return found.length > 0
      ? missingKey(object, reference, kind.kind, found)
      : missingObject(object, reference, kind.kind, namespace);
  });
}

function missingObject(
  object: EngineObject,
  { name, pointer }: Reference,
  kind: string,
  namespace: string,
): Violation[] {
  const { realm } = object;
  if (isMadeElsewhere(object, name)) return [];
  const all = realm.ofKind('', kind);
  const others = realm.find({ group: '', kind: other(kind), namespace, name });
  const [elsewhere] = all.filter(known => known.resource.name === name && !isCopied(known));
  const near = nearIn(
    name,
    all.flatMap(({ resource }) => (resource.namespace === namespace ? resource.name : [])),
  );
  const what = `There is no ${kind} ${namespace}/${name}`;
  const violation: Omit<Violation, 'message'> = {
    rule: 'missing-reference',
    severity: 'warning',
    pointer,
    on: 'value',
  };
  if (others.length > 0)
    return [
      { ...violation, message: `${what}, but a ${other(kind)}; write kind: ${other(kind)}.` },
    ];
  if (elsewhere)
    return [
      {
        ...violation,
        message: `${what}; the one in namespace ${elsewhere.resource.namespace} cannot be named from here.`,
      },
    ];
  if (near !== undefined)
    return [{ ...violation, message: `${what}; did you mean ${near}?`, fix: `Write ${near}.` }];
  const isSure = kind === 'ConfigMap' && realm.complete && onlyFlux(object);
  return isSure ? [{ ...violation, message: `${what}.` }] : [];
}

function other(kind: string): string {
  return kind === 'Secret' ? 'ConfigMap' : 'Secret';
}

/** reflector, replicator and the like copy into other namespaces. */
function isCopied(known: Known): boolean {
  const annotations = objectAt(known.value(), 'metadata', 'annotations') ?? {};
  return Object.keys(annotations).some(key => /reflect|replicat|sync/.test(key));
}

/** True where something that makes Secrets or ConfigMaps, or a text that is no manifest, speaks of the name. */
function isMadeElsewhere({ checks, object }: EngineObject, name: string): boolean {
  const word = new RegExp(`(?<![\\w.-])${literal(name)}(?![\\w.-])`);
  const ownName = textAt(object, 'metadata', 'name');
  return checks.input.index.files().some(({ role, text, objects }) => {
    if (!text.includes(name) || !word.test(text)) return false;
    if (role !== 'manifest') return role !== 'patch';
    return objects.some(
      ({ resource, document }) =>
        makers.test(resource.kind) &&
        resource.name !== ownName &&
        word.test(text.slice(document.start, document.end)),
    );
  });
}

const makers = /^\w+Secret\w*$|^Certificate$|^OnePasswordItem$|^ResourceSet$|^Bundle$|BucketClaim$/;

/** Nothing but Flux' own and Kubernetes' objects is deployed: no chart, and no operator that could make more. */
function onlyFlux({ realm, resource }: EngineObject): boolean {
  const releases = realm.environment?.applications.filter(
    ({ controller }) => controller?.kind === 'HelmRelease' && controller.name !== resource.name,
  );
  if (releases?.some(application => !realm.set(application) || realm.set(application)?.failure))
    return false;
  return (realm.environment?.applications ?? []).every(application =>
    (realm.set(application)?.objects ?? []).every(
      ({ resource: { group } }) => !group.includes('.') || /(\.k8s\.io|\.fluxcd\.io)$/.test(group),
    ),
  );
}

/** The key that a HelmRelease takes its values from; `values.yaml` where it says none. */
function missingKey(
  { object, resource }: EngineObject,
  { pointer, name, key }: Reference,
  kind: string,
  found: readonly Known[],
): Violation[] {
  if (resource.kind !== 'HelmRelease' || pointer[1] !== 'valuesFrom') return [];
  const wanted = key?.name ?? 'values.yaml';
  const objects = found.map(known => known.value()).filter(value => value !== undefined);
  if (objects.length < found.length || objects.some(isOpen)) return [];
  const keys = objects.flatMap(value =>
    ['data', 'stringData', 'binaryData'].flatMap(field =>
      Object.keys(objectAt(value, field) ?? {}),
    ),
  );
  if (keys.includes(wanted)) return [];
  const entry = pointer.slice(0, -1) as Pointer;
  const near = nearIn(wanted, keys) ?? (keys.length === 1 ? keys[0] : undefined);
  const has = valueAt(object, [...entry, 'valuesKey']) !== undefined;
  const hint = near === undefined ? '.' : `; did you mean ${has ? '' : 'valuesKey: '}${near}?`;
  return [
    {
      rule: 'missing-key',
      severity: 'error',
      pointer: has ? [...entry, 'valuesKey'] : pointer,
      on: 'value',
      message: `${kind} ${name} has no key ${wanted}, so the HelmRelease is not installed${hint}`,
    },
  ];
}

/** Others may add keys: an operator to what it owns, a program to what is empty. */
function isOpen(value: JsonObject): boolean {
  const isEmpty = ['data', 'stringData', 'binaryData'].every(
    field => Object.keys(objectAt(value, field) ?? {}).length === 0,
  );
  return (
    isEmpty ||
    textAt(value, 'metadata', 'annotations', 'kustomize.toolkit.fluxcd.io/ssa') !== undefined
  );
}
