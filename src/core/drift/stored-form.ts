import type { Json, JsonObject } from '../model/resource.ts';
import type { FieldType } from '../schemas/type.ts';
import { fieldType } from './typed-path.ts';
import { equal } from './values.ts';

// What is certain about how Kubernetes' own kinds are stored. Each entry and rule is held against the judge
// by test/core/drift/stored-form.test.ts.

/** Defaults of fields in values that an apply puts in the place of live ones; a type's last name and a field. */
const defaults: Record<string, Json | ((map: JsonObject) => Json | undefined)> = {
  'ObjectFieldSelector.apiVersion': 'v1',
  'ResourceFieldSelector.divisor': '0',
  'ServiceAccountTokenProjection.expirationSeconds': 3600,
  'NetworkPolicyPort.protocol': 'TCP',
  'Subject.apiGroup': ({ kind }) =>
    kind === 'User' || kind === 'Group' ? 'rbac.authorization.k8s.io' : undefined,
  'EndpointPort.protocol': 'TCP',
  'EndpointPort.name': '',
  'RuleWithOperations.scope': '*',
  'NamedRuleWithOperations.scope': '*',
  'MatchResources.matchPolicy': 'Equivalent',
  'MatchResources.namespaceSelector': {},
  'MatchResources.objectSelector': {},
  'DeploymentStrategy.rollingUpdate': ({ type }) =>
    type === 'RollingUpdate' ? { maxSurge: '25%', maxUnavailable: '25%' } : undefined,
  // In the volumeClaimTemplates of a StatefulSet, the one place where claims are members of a list.
  'PersistentVolumeClaim.apiVersion': 'v1',
  'PersistentVolumeClaim.kind': 'PersistentVolumeClaim',
  'PersistentVolumeClaim.status': { phase: 'Pending' },
  'PersistentVolumeClaimSpec.volumeMode': 'Filesystem',
};

/**
 * Fields that are plain values in Go, which are not written when they are zero: declared so and absent in
 * live, they stay absent. A default would have filled them in.
 */
const unwritten = new Set([
  'EnvVar.value',
  'VolumeMount.readOnly',
  'VolumeMount.subPath',
  'ContainerPort.hostPort',
  'ContainerPort.name',
  'Container.stdin',
  'Container.tty',
  'PodSpec.hostNetwork',
  'PodSpec.hostPID',
  'PodSpec.hostIPC',
  'PodSpec.nodeName',
  'PodSpec.hostname',
  'PodSpec.subdomain',
  'DeploymentSpec.paused',
  'DeploymentSpec.minReadySeconds',
  'DaemonSetSpec.minReadySeconds',
  'StatefulSetSpec.minReadySeconds',
  'ServiceSpec.publishNotReadyAddresses',
]);

/** The default that is filled in where a map lacks the field; undefined where none is certain. */
export function knownDefault(type: FieldType, field: string, map: JsonObject): Json | undefined {
  const known = defaults[nameIn(type, field)];
  return typeof known === 'function' ? known(map) : known;
}

/** True when declaring the value at a field that live does not have leaves it absent. */
export function leavesNothing(
  value: Json,
  type: FieldType,
  field: string,
  merge: 'ssa' | 'strategic' | 'json',
): boolean {
  const known = type.fields?.get(field);
  if (known === undefined) return false;
  // A null in a client's manifest is an order to remove, which this does not follow.
  if (value === null) return merge === 'ssa';
  // Lists and maps of any keys are not written while they are empty; structures are, where they are pointers.
  if (Array.isArray(value)) return value.length === 0 && known.kind === 'list';
  if (typeof value === 'object')
    return Object.keys(value).length === 0 && known.element !== undefined && !known.fields;
  const isZero = value === '' || value === 0 || value === false;
  return isZero && unwritten.has(nameIn(type, field)) && fieldType(type, field) !== undefined;
}

function nameIn({ ref = '' }: FieldType, field: string): string {
  return `${ref.slice(ref.lastIndexOf('.') + 1)}.${field}`;
}

/** True when the server writes the declared value as the live one: amounts and base64 have one text there. */
export function writtenAs(type: FieldType, declared: Json, live: Json): boolean {
  if (type.kind === 'quantity')
    return typeof declared !== 'boolean' && canonicalQuantity(String(declared)) === live;
  // Go reads base64 past line breaks, and writes none.
  if (type.format === 'byte' && typeof declared === 'string')
    return declared.replace(/[\r\n]/g, '') === live;
  return typeof declared === 'number' && equal(declared, live);
}

const quantity = /^(\d{1,12})(?:\.(\d{1,3}))?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/;
const decimal = ['m', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/**
 * The text that Kubernetes writes for an amount: the largest suffix of its family that leaves a whole number.
 * Undefined for signs, exponents, parts of a thousandth, and what is not surely exact here.
 */
export function canonicalQuantity(text: string): string | undefined {
  const match = quantity.exec(text);
  if (!match) return undefined;
  const [, whole = '', fraction = '', suffix = ''] = match;
  const isBinary = suffix.endsWith('i');
  const factor = isBinary ? 1024 ** binary.indexOf(suffix) : 1000 ** (decimal.indexOf(suffix) - 1);
  const thousandths = suffix === 'm' ? 1 : 1000 * factor;
  const amount = (Number(whole + fraction) * thousandths) / 10 ** fraction.length;
  if (!Number.isSafeInteger(amount)) return undefined;
  if (amount === 0) return '0';
  // Below 1024 the binary family writes as the decimal one.
  if (!isBinary || amount < 1024 * 1000) return withSuffix(amount, 1000, decimal);
  return amount % 1000 === 0 ? withSuffix(amount / 1000, 1024, binary) : undefined;
}

function withSuffix(amount: number, step: number, suffixes: readonly string[]): string | undefined {
  let left = amount;
  let at = 0;
  while (left % step === 0 && at < suffixes.length - 1) {
    left /= step;
    at++;
  }
  return `${left}${suffixes[at]}`;
}
