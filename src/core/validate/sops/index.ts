import type { IndexedFile } from '../../manifests/index-types.ts';
import { jsonOf, keyRange, rangeOf } from '../../manifests/locate.ts';
import { baseName } from '../../manifests/paths.ts';
import type { ManifestDocument, Node } from '../../manifests/syntax.ts';
import { objectsAt, textAt } from '../../model/fields.ts';
import type { Pointer } from '../../model/path.ts';
import { isObject, type JsonObject } from '../../model/resource.ts';
import type { Scope } from '../across.ts';
import { isAside } from '../aside.ts';
import { isPlaceholder } from '../placeholders.ts';
import { creationRule, type Selection, selectionOf } from './creation-rules.ts';

/**
 * Files that SOPS should have encrypted and did not, or not wholly, and what it encrypted and nobody can decrypt. No
 * value is ever shown.
 */
export function checkSops({ checks }: Scope): void {
  const { index, only } = checks.input;
  const files = only === undefined ? index.files() : [index.file(only)];
  for (const file of files) {
    if (!file || baseName(file.path) === '.sops.yaml') continue;
    if (file.role === 'chart' || file.role === 'chart-template' || isAside(file.path)) continue;
    const faults = file.parsed.documents.flatMap(document => faultsOf(file, document, index));
    for (const { pointer, document, ...fault } of faults)
      checks.findings.add({
        ...fault,
        severity: 'error',
        file: file.path,
        environments: [],
        ...rangeIn(file, document, pointer),
      });
  }
}

interface Fault {
  rule: string;
  message: string;
  document: ManifestDocument;
  pointer: Pointer;
}

function faultsOf(
  file: IndexedFile,
  document: ManifestDocument,
  index: Scope['checks']['input']['index'],
): Fault[] {
  const { root } = document;
  if (root?.kind !== 'map') return [];
  const metadata = root.entries.find(({ key }) => key === 'sops')?.node;
  const fault = (rule: string, pointer: Pointer, message: string): Fault => ({
    rule,
    message,
    document,
    pointer,
  });
  const holdsCipher = file.text.slice(document.start, document.end).includes('ENC[AES256_GCM,');
  const encrypted = metadata && jsonOf(metadata);
  if (isObject(encrypted) && (holdsCipher || typeof encrypted.mac === 'string'))
    return [
      ...metadataFaults(encrypted).map(message => fault('sops-metadata', ['sops'], message)),
      ...plainFields(root, selectionOf(encrypted)).map(pointer =>
        fault(
          'sops-plaintext',
          pointer,
          `${pointer.join('.')} is in plain text in a file that SOPS encrypted; edit the file with sops, and change the value, as it is in git's history.`,
        ),
      ),
    ];
  const kind = root.entries.find(({ key }) => key === 'kind')?.node;
  const isSecret = kind?.kind === 'scalar' && kind.value === 'Secret';
  const cipher = holdsCipher && isSecret ? firstCipher(root, []) : undefined;
  if (cipher)
    return [
      fault(
        'sops-metadata',
        cipher,
        'SOPS encrypted this value, but its metadata (the field sops) is missing, so nobody can decrypt it.',
      ),
    ];
  const rule = creationRule(index, file.path);
  if (!rule) return [];
  if (!isSecret && !rule.isSpecific) return [];
  const selects: Selection = isSecret && !rule.isSpecific ? onlyData(rule.selects) : rule.selects;
  const [first] = plainFields(root, selects);
  if (first === undefined) return [];
  return [
    fault(
      'sops-plaintext',
      first.slice(0, 1),
      `A creation rule of ${rule.config} wants this file encrypted by SOPS, but ${String(first[0])} is in plain text; encrypt it, and change the values, as they are in git's history.`,
    ),
  ];
}

function onlyData(selects: Selection): Selection {
  return pointer => /^(data|stringData)$/.test(String(pointer[0])) && selects(pointer);
}

/** What identifies an object: encrypted, kustomize could not read it, so that nobody encrypts it. */
const identity = new Set(['apiVersion', 'kind', 'metadata', 'sops', 'type']);

/** The places of values that are to be encrypted and are not; empty ones SOPS leaves as they are. */
function plainFields(root: Node, selects: Selection): Pointer[] {
  const found: Pointer[] = [];
  const visit = (node: Node, pointer: Pointer): void => {
    if (node.kind === 'map') {
      for (const { key, node: inner } of node.entries)
        if (pointer.length > 0 || !identity.has(key)) visit(inner, [...pointer, key]);
    } else if (node.kind === 'list')
      for (const [index, item] of node.items.entries()) visit(item, [...pointer, index]);
    else if (isPlain(node.value) && selects(pointer)) found.push(pointer);
  };
  visit(root, []);
  return found;
}

function isPlain(value: null | boolean | number | string): boolean {
  if (value === null || value === '') return false;
  return typeof value !== 'string' || !(value.startsWith('ENC[') || isPlaceholder(value));
}

function firstCipher(node: Node, pointer: Pointer): Pointer | undefined {
  if (node.kind === 'scalar')
    return typeof node.value === 'string' && node.value.startsWith('ENC[AES256_GCM,')
      ? pointer
      : undefined;
  const inner: [string | number, Node][] =
    node.kind === 'map'
      ? node.entries.map(({ key, node: value }) => [key, value])
      : [...node.items.entries()];
  for (const [step, value] of inner) {
    const found = firstCipher(value, [...pointer, step]);
    if (found) return found;
  }
  return undefined;
}

const keyGroups = ['age', 'pgp', 'kms', 'gcp_kms', 'azure_kv', 'hc_vault', 'hckms'];

/** What SOPS needs to decrypt (sops v3, stores.Metadata). */
function metadataFaults(sops: JsonObject): string[] {
  const faults: string[] = [];
  const mac = textAt(sops, 'mac');
  if (mac === undefined || mac === '')
    faults.push('The metadata of SOPS has no mac, so the file cannot be decrypted.');
  else if (!/^ENC\[.*\]$/s.test(mac))
    faults.push('The mac of SOPS is damaged, so the file cannot be decrypted.');
  if (!textAt(sops, 'lastmodified'))
    faults.push('The metadata of SOPS has no lastmodified, which its mac depends on.');
  const all = [sops, ...objectsAt(sops, 'key_groups')];
  const hasKey = all.some(group => keyGroups.some(name => objectsAt(group, name).length > 0));
  if (!hasKey)
    faults.push('The metadata of SOPS names no key (age, pgp, kms, …), so nobody can decrypt it.');
  const withoutData = all.some(group =>
    keyGroups.some(name => objectsAt(group, name).some(key => !textAt(key, 'enc'))),
  );
  if (withoutData)
    faults.push(
      'A key in the metadata of SOPS has no enc, which is the data key encrypted for it.',
    );
  return faults;
}

function rangeIn(file: IndexedFile, document: ManifestDocument, pointer: Pointer) {
  return (
    keyRange(file.parsed, document.root, pointer) ??
    rangeOf(file.parsed, document.start, document.start)
  );
}
