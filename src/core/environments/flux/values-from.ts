import type { NamedData, ValuesSource } from '../../model/environment.ts';
import { objectsAt, textAt } from '../../model/fields.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import type { DeployedObject } from '../context.ts';
import { parseValues } from '../inline-values.ts';
import { isKnown, type NamedObjects } from './named-objects.ts';

/** The values that a HelmRelease takes from ConfigMaps and Secrets, in its order. */
export function valuesFrom(release: DeployedObject, named: NamedObjects): ValuesSource[] {
  const { namespace } = release.resource;
  return objectsAt(release.value, 'spec', 'valuesFrom').flatMap((reference, at) => {
    const [kind, name] = [textAt(reference, 'kind') ?? '', textAt(reference, 'name') ?? ''];
    const object = { kind, name, namespace };
    const found = named.find(kind, name, namespace);
    const place = release.locate(['spec', 'valuesFrom', at]);
    if (isKnown(found)) return valuesOf(found, reference, object, place);
    return [{ kind: 'named' as const, object, reference, reason: found.reason }];
  });
}

/**
 * The values of one reference as helm-controller reads them (fluxcd/pkg/chartutil,
 * ChartValuesFromReferences); `place` is the reference's own.
 */
export function valuesOf(
  found: NamedData,
  reference: JsonObject,
  object: { kind: string; name: string; namespace: string },
  place: Place,
): ValuesSource[] {
  const key = textAt(reference, 'valuesKey') ?? 'values.yaml';
  const text = found.data[key];
  const unknown = (reason: string): ValuesSource[] => [
    { kind: 'named', object, reference, reason },
  ];
  if (found.hidden?.includes(key)) return unknown(found.reason ?? '');
  if (text === undefined) return reference.optional === true ? [] : unknown(`has no key ${key}`);
  const at = found.places?.[key] ?? place;
  const secret = found.secret || undefined;
  const path = textAt(reference, 'targetPath');
  if (path !== undefined) return [{ ...setText(path, text, reference), place: at, secret }];
  const values = parseValues(text);
  return values
    ? [{ kind: 'inline', values, place: at, secret }]
    : unknown(`has no map of values in its key ${key}`);
}

/** `targetPath`: a text where it is quoted or literal (fluxcd/pkg/chartutil, ReplacePathValue). */
function setText(path: string, text: string, reference: JsonObject) {
  const set = (value: string, as: 'set' | 'string') =>
    ({ kind: 'set', text: `${path}=${value}`, as }) as const;
  if (reference.literal === true) return set(text.replace(/[\\,[\]{}]/g, '\\$&'), 'string');
  const isQuoted = [`'`, `"`].some(quote => text.startsWith(quote) && text.endsWith(quote));
  return isQuoted ? set(text.replace(/^['"]+|['"]+$/g, ''), 'string') : set(text, 'set');
}
