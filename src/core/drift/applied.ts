import type { OwnerProfile } from '../model/drift.ts';
import type { JsonObject } from '../model/resource.ts';
import type { Schemas } from '../schemas/type.ts';
import { begin, type Open, placed } from './begin.ts';
import { adoptPaths } from './ignore/adopt.ts';
import { hidings } from './ignore/ignore.ts';
import type { DriftInput } from './input.ts';
import { chooseProfile } from './owners/profile.ts';
import { effectiveProfile } from './prepare/policy.ts';
import { prepareDesired } from './prepare/prepare.ts';
import { isEncrypted } from './prepare/sops.ts';
import { anyType } from './typed-path.ts';

export interface Applied {
  /** With its namespace, without what only the server writes. */
  object: JsonObject;
  owner: OwnerProfile;
  /** Why it must not be applied as it stands: one sentence. */
  withheld?: string;
}

/** What the apply of a compared object sends, and by whom: the same that the server was asked about. */
export async function appliedObject(input: DriftInput, schemas: Schemas): Promise<Applied> {
  const withheld = isEncrypted(input.desired)
    ? { withheld: 'it is encrypted (SOPS), and nothing here may decrypt it' }
    : {};
  const begun = await begin(input, schemas);
  if ('open' in begun)
    return { object: openApplied(begun.open), owner: begun.open.profile, ...withheld };
  const kind = schemas.lookup(input.resource);
  const usual = chooseProfile(undefined, input.owners);
  const owner = effectiveProfile(usual, input.desired, undefined);
  const { object } = prepareDesired(placed(input.desired, input), undefined, {
    kind: kind.found ? kind.kind : undefined,
    profile: owner,
  });
  return { object, owner, ...withheld };
}

/** What is ignored on purpose is sent as it runs. */
export function openApplied(open: Open): JsonObject {
  const fields = open.type ?? anyType;
  const { all } = hidings(open.rules, open.desired, open.live, fields);
  const ignored = all.flatMap(({ paths }) => paths.flat());
  return adoptPaths(open.desired, open.live, fields, ignored);
}
