import { CORE_SCHEMA, defineScalarTag, dump, NOT_RESOLVED } from 'js-yaml';
import type { JsonObject } from '../model/resource.ts';
import { resolvePlain } from './text/dialect.ts';

/**
 * Text that Kubernetes' tools would read as something else than text (`yes`, `0644`, `1_000`): known to
 * the writer only so that it puts such strings into quotes.
 */
const misread = defineScalarTag('tag:driftline.dev,2026:misread', {
  implicit: true,
  identify: () => false,
  resolve: text => (typeof resolvePlain(text) === 'string' ? NOT_RESOLVED : text),
});

const schema = CORE_SCHEMA.withTags(misread);

/** Objects as YAML documents, each behind `---`, as Kubernetes' tools read them back unchanged. */
export function writeManifests(objects: readonly JsonObject[]): string {
  return objects
    .map(object => `---\n${dump(object, { schema, noRefs: true, lineWidth: -1 })}`)
    .join('');
}
