import { textAt } from '../model/fields.ts';
import type { RenderedObject } from '../model/rendered.ts';
import type { JsonObject } from '../model/resource.ts';
import type { Workspace } from '../workspace.ts';

/**
 * CustomResourceDefinitions, each by its name once: those in the repository's files, those that are rendered, and
 * `live` ones of a cluster. Of several of one name the later kind counts.
 */
export function definitionsOf(
  workspace: Workspace,
  renders: readonly { objects: readonly RenderedObject[] }[],
  live: readonly JsonObject[] = [],
): JsonObject[] {
  const rendered = renders.flatMap(({ objects }) =>
    objects
      .filter(({ resource }) => resource.kind === 'CustomResourceDefinition')
      .map(({ value }) => value),
  );
  const all = [...workspace.customTypes(), ...rendered, ...live];
  return [...new Map(all.map(value => [textAt(value, 'metadata', 'name'), value])).values()];
}
