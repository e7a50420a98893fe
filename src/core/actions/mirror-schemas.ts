import type { NotChecked } from '../model/finding.ts';
import type { GroupVersionKind } from '../model/resource.ts';
import { isMirror } from '../schemas/folders.ts';
import { fetchSchemas } from '../schemas/mirror.ts';
import { newestVersion } from '../schemas/schemas.ts';
import type { Schemas } from '../schemas/type.ts';
import type { RenderedSet } from '../validate/validate.ts';
import type { Workspace } from '../workspace.ts';
import type { SchemasOf } from './environment-types.ts';

/**
 * Asks the mirrors that the person set for kinds that nothing knows. `found`: there are more types than before.
 */
export async function askMirrors(
  workspace: Workspace,
  rendered: readonly RenderedSet[],
  schemasOf: SchemasOf,
  { ask, signal }: { ask: boolean; signal?: AbortSignal | undefined },
): Promise<{ found: boolean; notChecked: NotChecked[] }> {
  const mirrors = (workspace.host.schemas?.() ?? []).filter(isMirror);
  if (mirrors.length === 0 || workspace.offline || !ask) return { found: false, notChecked: [] };
  const kinds = unknownKinds(workspace, rendered, schemasOf);
  const notChecked: NotChecked[] = [];
  let count = 0;
  for (const mirror of kinds.length === 0 ? [] : mirrors) {
    const fetched = await fetchSchemas(mirror, kinds, signal);
    count += fetched.count;
    if (fetched.problem !== undefined)
      notChecked.push({ reason: `no schemas of the mirror: ${fetched.problem}` });
  }
  if (count > 0) workspace.forgetCatalogue();
  return { found: count > 0, notChecked };
}

function unknownKinds(
  { index }: Workspace,
  rendered: readonly RenderedSet[],
  schemasOf: SchemasOf,
): GroupVersionKind[] {
  const unknown = new Map<string, GroupVersionKind>();
  const look = ({ group, version, kind }: GroupVersionKind, schemas: Schemas) => {
    if (!group.includes('.')) return;
    const lookup = schemas.lookup({ group, version, kind });
    if (!lookup.found && lookup.why === 'unknown')
      unknown.set(`${group}/${version}/${kind}`, { group, version, kind });
  };
  for (const { objects, target, environment } of rendered)
    for (const { resource } of objects) look(resource, schemasOf(target, environment));
  const anywhere = schemasOf(newestVersion());
  for (const { role, objects } of index.files())
    if (role === 'manifest') for (const { resource } of objects) look(resource, anywhere);
  return [...unknown.values()];
}
