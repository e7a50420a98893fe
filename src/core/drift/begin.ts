import { sealLike } from '../cluster/snapshot/secret-values.ts';
import type { DriftResult, IgnoreRule, OwnerProfile } from '../model/drift.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import type { FieldType, KindLookup, Schemas } from '../schemas/type.ts';
import { excludingRule, rulesFor } from './ignore/ignore.ts';
import type { DriftInput } from './input.ts';
import { chooseProfile } from './owners/profile.ts';
import { trackingOf } from './owners/tracking.ts';
import { usualKnownTypes, withKnownSpelling } from './prepare/known-types.ts';
import { manifestNotes, missingNotes } from './prepare/manifest-notes.ts';
import { effectiveProfile, skipReason } from './prepare/policy.ts';
import { type PrepareOptions, prepareDesired, prepareLive } from './prepare/prepare.ts';
import { isEncrypted, openEncrypted } from './prepare/sops.ts';
import { awaitsSubstitution, hasVariables } from './prepare/substitution.ts';
import { provenUnchanged } from './proof.ts';
import { anyType } from './typed-path.ts';
import { type Misfits, misfitsOf } from './verdict/misfits.ts';

/** An object that the proof could not settle: what is needed to ask the judge and to read its answer. */
export interface Open {
  input: DriftInput;
  profile: OwnerProfile;
  desired: JsonObject;
  live: JsonObject;
  /** Undefined when nobody here knows the kind. */
  type: FieldType | undefined;
  builtin: boolean;
  /** Why not, then. */
  noType?: string;
  rules: IgnoreRule[];
  notes: string[];
  /** Paths of encrypted values, which were not compared. */
  unread: string[];
  /** Client-side apply only: what it lets pass. */
  misfits?: Misfits;
}

/** settled: no more to do. proven: the next apply changes nothing. open: the judge must say. */
export type Begun = { settled: DriftResult } | { open: Open; proven: boolean };

/** Everything that needs no judge: special cases, what is missing, preparation, and the proof. */
export async function begin(input: DriftInput, schemas: Schemas): Promise<Begun> {
  const { desired, live } = input;
  const rules = rulesFor(input.ignore, input.resource, desired);
  const said = chooseProfile(live, input.owners);
  const profile = effectiveProfile(said, desired, live);
  const skipped = skipReason(desired, live, profile) ?? excluded(rules);
  if (skipped !== undefined) return settled(input, 'skipped', skipped);
  if (input.notChecked !== undefined) return settled(input, 'unknown', input.notChecked);
  const kind = schemas.lookup(input.resource);
  if (!kind.found && kind.why !== 'unknown') return settled(input, 'unknown', versionReason(kind));
  const { name, namespace } = input.resource;
  if (hasVariables([name, namespace]) && awaitsSubstitution(desired, profile, input.substituted))
    return settled(input, 'unknown', 'Its name holds a variable that is not substituted.');
  if (!live && !kind.found) return settled(input, 'unknown', kind.reason);
  if (!live) return missing(input);
  return compareLocally(input, live, { profile, rules, kind });
}

interface Known {
  profile: OwnerProfile;
  rules: IgnoreRule[];
  kind: KindLookup;
}

async function compareLocally(input: DriftInput, live: JsonObject, known: Known): Promise<Begun> {
  const { profile, rules } = known;
  const kind = known.kind.found ? known.kind.kind : undefined;
  const type = kind?.type ?? anyType;
  const byArgo = profile.manager === 'argocd-controller';
  const options: PrepareOptions = {
    kind,
    profile,
    tracking: input.deployer && trackingOf(input.deployer, input.resource, live),
    ignoreStatus: input.argo?.ignoreStatus ?? byArgo,
    ignoreAggregatedRules: input.argo?.ignoreAggregatedRules,
  };
  const preparedLive = prepareLive(live, options);
  const opened = isEncrypted(input.desired)
    ? openEncrypted(input.desired, preparedLive, type)
    : { object: input.desired, unread: [] };
  const prepared = prepareDesired(placed(opened.object, input), live, options);
  const amounts = input.argo?.knownTypes ?? (byArgo ? usualKnownTypes(input.resource) : []);
  const spelled = withKnownSpelling(prepared.object, preparedLive, amounts);
  const desired = await sealLike(spelled, live);
  const open: Open = {
    input,
    profile,
    desired,
    live: preparedLive,
    type: kind?.type,
    builtin: kind?.builtin === true,
    ...(known.kind.found ? {} : { noType: known.kind.reason }),
    rules,
    notes: [...(input.notes ?? []), ...prepared.notes, ...manifestNotes(input.desired)],
    unread: opened.unread,
  };
  const proven =
    kind !== undefined &&
    provenUnchanged({
      desired,
      live: preparedLive,
      type,
      builtin: kind.builtin,
      hasStatusSubresource: kind.hasStatusSubresource,
      profile,
      previous: input.previous,
    });
  return { open: proven || !kind ? open : withMisfits(open, kind.type), proven };
}

/** What client-side apply lets pass; what was proven unchanged has none of it. */
function withMisfits(open: Open, type: FieldType): Open {
  if (open.profile.mode !== 'csa' && open.profile.mode !== 'csa3') return open;
  const misfits = misfitsOf(open.desired, type);
  const twice = misfits.twice.map(
    path => `${path} stands in it twice; server-side apply would refuse that.`,
  );
  return { ...open, misfits, notes: [...open.notes, ...twice] };
}

/** The manifest with the namespace that its environment gives it. */
export function placed(desired: JsonObject, { resource }: DriftInput): JsonObject {
  const metadata: Json | undefined = desired.metadata;
  if (resource.namespace === '' || !isObject(metadata)) return desired;
  return { ...desired, metadata: { ...metadata, namespace: resource.namespace } };
}

function excluded(rules: readonly IgnoreRule[]): string | undefined {
  const rule = excludingRule(rules);
  return rule && `The whole object is ignored by ${rule.origin}.`;
}

function versionReason(kind: Extract<KindLookup, { found: false }>): string {
  const { reason, suggestion } = kind;
  if (!suggestion) return reason;
  const meant =
    suggestion.group === '' ? suggestion.version : `${suggestion.group}/${suggestion.version}`;
  return reason.includes(meant) ? reason : `${reason} It is served as ${meant} ${suggestion.kind}.`;
}

function missing(input: DriftInput): Begun {
  const result = resultOf(input, 'missing', input.pending);
  return { settled: { ...result, notes: [...result.notes, ...missingNotes(input.desired)] } };
}

function settled(input: DriftInput, state: DriftResult['state'], reason?: string): Begun {
  return { settled: resultOf(input, state, reason) };
}

export function resultOf(
  { resource, source, notes = [] }: DriftInput,
  state: DriftResult['state'],
  reason?: string,
): DriftResult {
  return {
    resource,
    state,
    paths: [],
    extra: [],
    confirmed: 'local',
    ...(reason === undefined ? {} : { reason }),
    notes: [...notes],
    ...(source === undefined ? {} : { source }),
  };
}
