import type { JsonObject } from '../../model/resource.ts';
import { own } from '../values.ts';

/** Why an object of the manifests may well be missing. */
export function missingNotes(desired: JsonObject): string[] {
  const ttl = own(own(desired, 'spec'), 'ttlSecondsAfterFinished') ?? null;
  return desired.kind === 'Job' && ttl !== null
    ? [`The Job has ttlSecondsAfterFinished (${ttl}): it may have run and been removed.`]
    : [];
}

/** What is odd in the manifest itself. */
export function manifestNotes(desired: JsonObject): string[] {
  const metadata = own(desired, 'metadata');
  const both = own(metadata, 'generateName') !== undefined && own(metadata, 'name') !== undefined;
  return both ? ['The manifest has generateName beside name; only the name counts.'] : [];
}
