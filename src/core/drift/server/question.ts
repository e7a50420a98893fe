import type { ApiResource, DryRunQuestion } from '../../cluster/cluster.ts';
import type { Json, JsonObject } from '../../model/resource.ts';
import { openApplied } from '../applied.ts';
import type { Open } from '../begin.ts';
import type { CompareOptions } from '../input.ts';
import { own } from '../values.ts';

/** The objects of a controller are applied by nobody else (drift.md 3.1). */
export function hasController(live: JsonObject): boolean {
  const owners = own(own(live, 'metadata'), 'ownerReferences');
  return Array.isArray(owners) && owners.some(owner => own(owner, 'controller') === true);
}

/**
 * The request by which the owner's next apply is tried (drift.md 3.2). `empty` where the owner would send nothing,
 * undefined where nobody here can say what it would send.
 */
export async function questionOf(
  open: Open,
  type: ApiResource,
  options: CompareOptions,
): Promise<DryRunQuestion | 'empty' | undefined> {
  const { profile, input } = open;
  const { namespace, name } = input.resource;
  const about = { type, resource: { namespace, name }, manager: profile.manager };
  if (profile.mode === 'ssa' || profile.mode === 'flux')
    return { ...about, send: { apply: openApplied(open) }, fieldValidation: 'Strict' };
  const patch = await patchOf(open, options);
  if (patch === undefined) return undefined;
  if (Object.keys(patch.body).length === 0) return 'empty';
  const send = { patch: patch.body as Json, contentType: patch.contentType };
  return { ...about, send, fieldValidation: isStrict(profile.manager) ? 'Strict' : 'Warn' };
}

/** kubectl asks for strict validation; Argo CD and Helm do not. */
function isStrict(manager: string): boolean {
  return manager.startsWith('kubectl');
}

/** The three-way patch that a client-side apply sends, by the judge. */
async function patchOf(open: Open, { judge, target, schemas, signal }: CompareOptions) {
  if (judge === undefined || open.type === undefined) return undefined;
  const { profile, live, input } = open;
  const question = {
    ...profile,
    desired: openApplied(open),
    live,
    ...(input.previous === undefined ? {} : { previous: input.previous }),
    wantPatch: true,
  };
  const [verdict] = await judge.apply(
    [question],
    { target, customTypes: schemas.customTypes },
    signal,
  );
  return verdict?.unchecked === undefined ? verdict?.patch : undefined;
}
