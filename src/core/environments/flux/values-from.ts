import type { ValuesSource } from '../../model/environment.ts';
import { objectsAt, textAt, valueAt } from '../../model/fields.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import { setValue } from '../argocd/helm-set.ts';
import type { DeployedObject } from '../context.ts';
import { parseValues } from '../inline-values.ts';
import type { ManifestIndex } from '../manifest-index.ts';
import { writtenOfKind } from '../written.ts';

/**
 * The values that a HelmRelease takes from ConfigMaps and Secrets, in its order. They must be in
 * the repository and readable: an encrypted Secret is not.
 */
export function valuesFrom(
  index: ManifestIndex,
  deployed: readonly DeployedObject[],
  release: DeployedObject,
): { values: ValuesSource[] } | { reason: string } {
  const values: ValuesSource[] = [];
  for (const reference of objectsAt(release.value, 'spec', 'valuesFrom')) {
    const text = readKey(index, deployed, release, reference);
    if ('reason' in text) {
      if (reference.optional === true) continue;
      return text;
    }
    const path = textAt(reference, 'targetPath');
    const parsed = path === undefined ? parseValues(text.text) : setAt(path, text.text);
    if (parsed === undefined)
      return { reason: `its values in ${describe(reference)} cannot be read` };
    values.push({ kind: 'inline', values: parsed, place: text.place });
  }
  return { values };
}

/** `targetPath`: one value, as text where it is quoted (fluxcd/pkg/chartutil). */
function setAt(path: string, text: string): JsonObject | undefined {
  const quoted = /^(['"])(.*)\1$/s.exec(text);
  return quoted ? setValue({}, path, quoted[2] ?? '', true) : setValue({}, path, text);
}

function readKey(
  index: ManifestIndex,
  deployed: readonly DeployedObject[],
  release: DeployedObject,
  reference: JsonObject,
): { text: string; place: Place } | { reason: string } {
  const [kind, name] = [textAt(reference, 'kind') ?? '', textAt(reference, 'name') ?? ''];
  const key = textAt(reference, 'valuesKey') ?? 'values.yaml';
  const { namespace } = release.resource;
  const object = [...deployed, ...writtenOfKind(index, '', kind)].find(
    ({ resource }) =>
      resource.group === '' &&
      resource.kind === kind &&
      resource.name === name &&
      (resource.namespace === namespace || resource.namespace === ''),
  );
  if (!object) return { reason: `its values in ${describe(reference)} are not in the repository` };
  if (valueAt(object.value, 'sops') !== undefined || isSealed(object.value))
    return { reason: `its values in ${describe(reference)} are encrypted` };
  const plain = textAt(object.value, 'stringData', key);
  const data = textAt(object.value, 'data', key);
  if (plain === undefined && data === undefined)
    return { reason: `its values in ${describe(reference)} have no key ${key}` };
  const decoded = kind === 'Secret' ? Buffer.from(data ?? '', 'base64').toString() : (data ?? '');
  const field = plain === undefined ? 'data' : 'stringData';
  return { text: plain ?? decoded, place: object.locate([field, key]) };
}

function isSealed(value: JsonObject): boolean {
  return JSON.stringify(value).includes('"ENC[');
}

function describe(reference: JsonObject): string {
  return `${textAt(reference, 'kind') ?? ''} ${textAt(reference, 'name') ?? ''}`;
}
