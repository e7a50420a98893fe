import type { DriftState, OwnerProfile } from '../../model/drift.ts';
import type { JsonObject } from '../../model/resource.ts';
import {
  argoInstallation,
  argoTrackingId,
  type Deployer,
  fluxName,
  fluxNamespace,
  helmMark,
  helmNamespace,
  isApplication,
  selfTracked,
  usualLabel,
} from '../owners/tracking.ts';
import { argoOptions, marked } from '../prepare/policy.ts';
import { metadataMap, own } from '../values.ts';

export interface Unmanaged {
  state: Extract<
    DriftState,
    'prune-candidate' | 'orphan' | 'untracked' | 'skipped' | 'terminating'
  >;
  reason: string;
  /** Its owner is told to leave it: the next apply does not remove it. */
  kept?: boolean;
}

/**
 * What a live object is that no manifest declares (drift.md 2.9, "Removed from Git (objects)").
 * `listed` says that the deployer's own inventory names it. Ownership is only ever proven by that
 * inventory or by marks on the object, never guessed from its namespace.
 */
export function classifyUnmanaged(
  live: JsonObject,
  profile: OwnerProfile,
  deployer: Deployer | undefined,
  listed: boolean,
): Unmanaged {
  const found = classify(live, profile, deployer, listed);
  const deleted = own(own(live, 'metadata'), 'deletionTimestamp') ?? null;
  return deleted !== null && found.state !== 'untracked'
    ? { state: 'terminating', reason: 'No manifest declares it any more, and it is being deleted.' }
    : found;
}

function classify(
  live: JsonObject,
  profile: OwnerProfile,
  deployer: Deployer | undefined,
  listed: boolean,
): Unmanaged {
  const owners = own(own(live, 'metadata'), 'ownerReferences');
  if (Array.isArray(owners) && owners.length > 0)
    return untracked('Another object owns it (ownerReferences).');
  if (profile.mode === 'flux') return byFlux(live, deployer, listed);
  if (marked('helm.sh/resource-policy', 'keep', live))
    return { state: 'orphan', reason: 'Helm keeps it (helm.sh/resource-policy: keep).' };
  if (profile.manager === 'argocd-controller') return byArgo(live, deployer, listed);
  const release = releaseOf(live);
  if (release && deployer?.engine === 'helm' && !isSame(release, deployer))
    return untracked(`It belongs to the Helm release ${release.namespace}/${release.name}.`);
  if (release && (!deployer || isSame(release, deployer)))
    return candidate(
      `The Helm release ${release.name} holds it and the chart no longer renders it.`,
    );
  return listed
    ? candidate('It was applied before and no manifest declares it now.')
    : untracked('Nothing says that it was applied from here.');
}

function byFlux(live: JsonObject, deployer: Deployer | undefined, listed: boolean): Unmanaged {
  const labels = metadataMap(live, 'labels');
  const name = labels[fluxName];
  const elsewhere =
    name !== undefined && (name !== deployer?.name || labels[fluxNamespace] !== deployer.namespace);
  if (elsewhere)
    return untracked(`It belongs to the Kustomization ${labels[fluxNamespace]}/${name}.`);
  if (name === undefined && !listed) return untracked('No Kustomization names it.');
  if (name === undefined)
    return {
      state: 'orphan',
      reason: `It lost the labels by which Flux knows its own (${fluxName}), so Flux leaves it.`,
    };
  if (deployer?.prunes === false)
    return {
      state: 'orphan',
      reason: 'No manifest declares it any more and its Kustomization does not prune.',
    };
  for (const [key, value] of fluxKeeps) {
    if (marked(key, value, live))
      return kept(`No manifest declares it any more; Flux keeps it (${key}: ${value}).`);
  }
  return candidate('No manifest declares it any more, so Flux would delete it.');
}

const fluxKeeps = [
  ['kustomize.toolkit.fluxcd.io/prune', 'disabled'],
  ['kustomize.toolkit.fluxcd.io/reconcile', 'disabled'],
  ['kustomize.toolkit.fluxcd.io/ssa', 'Ignore'],
] as const;

function byArgo(live: JsonObject, deployer: Deployer | undefined, listed: boolean): Unmanaged {
  const application = trackedBy(live, deployer);
  if (application !== undefined && deployer && !isApplication(deployer, application))
    return untracked(`It belongs to the Application ${application}.`);
  const installation = metadataMap(live, 'annotations')[argoInstallation];
  if (deployer?.installation && installation && installation !== deployer.installation)
    return untracked(`It belongs to another Argo CD (installation ${installation}).`);
  if (application === undefined && (!listed || isNotSeen(live, deployer)))
    return untracked('Its tracking id does not name it, or it has none.');
  if (argoOptions(live, 'compare-options').includes('IgnoreExtraneous'))
    return { state: 'skipped', reason: 'Argo CD does not count it (IgnoreExtraneous).' };
  const said = argoOptions(live, 'sync-options').find(option => option.startsWith('Prune='));
  const keeps = keepingOption([said ?? deployer?.keeps ?? '']);
  return keeps === undefined
    ? candidate('No manifest declares it any more, so a sync with pruning would delete it.')
    : kept(`No manifest declares it any more; Argo CD does not prune it by itself (${keeps}).`);
}

/**
 * Argo CD finds what it applied by tracking ids alone, and leaves alone what carries another object's; its record may
 * name both. Where nobody knows how it tracks, an object without an id may be found by its label.
 */
function isNotSeen(live: JsonObject, deployer: Deployer | undefined): boolean {
  if (deployer?.tracking === 'label') return false;
  return deployer?.tracking !== undefined || argoTrackingId in metadataMap(live, 'annotations');
}

/** Of Argo CD's sync options the one by which what is removed stays, or waits for a person. */
export function keepingOption(options: readonly string[]): string | undefined {
  return options.find(option => option === 'Prune=false' || option === 'Prune=confirm');
}

/** The Application that an object's mark names: its own tracking id, or with label tracking the label. */
function trackedBy(live: JsonObject, deployer: Deployer | undefined): string | undefined {
  return deployer?.tracking === 'label'
    ? metadataMap(live, 'labels')[deployer.instanceLabel || usualLabel]
    : selfTracked(live);
}

function releaseOf(live: JsonObject): { name: string; namespace: string } | undefined {
  const annotations = metadataMap(live, 'annotations');
  const name = annotations[helmMark];
  return name === undefined ? undefined : { name, namespace: annotations[helmNamespace] ?? '' };
}

function isSame(
  release: { name: string; namespace: string },
  { name, namespace }: Deployer,
): boolean {
  return release.name === name && release.namespace === namespace;
}

function candidate(reason: string): Unmanaged {
  return { state: 'prune-candidate', reason };
}

function kept(reason: string): Unmanaged {
  return { ...candidate(reason), kept: true };
}

function untracked(reason: string): Unmanaged {
  return { state: 'untracked', reason };
}
