import type { DriftPath, DriftResult } from '../../model/drift.ts';
import type { Open } from '../begin.ts';
import { argoTrackingId } from '../owners/tracking.ts';
import { lastAppliedAnnotation } from '../prepare/last-applied.ts';
import { metadataMap } from '../values.ts';

/** What a person should know about these differences, and the paths alone do not say. */
export function notesOn(open: Open, paths: readonly DriftPath[]): string[] {
  return [
    ...repairNotes(open, paths),
    ...restartNotes(open, paths),
    ...trackingNotes(open, paths),
    ...[...new Set(paths.flatMap(({ suggests }) => suggests?.because ?? []))],
  ];
}

/** What the engine will not do about the differences by itself. */
function repairNotes({ profile, input }: Open, paths: readonly DriftPath[]): string[] {
  if (paths.length > 0 && profile.manager === 'helm-controller') {
    if (input.correction === 'disabled')
      return ['Flux does not look for it before the next upgrade (driftDetection is disabled).'];
    if (input.correction === 'warn')
      return ['Flux reports it and does not repair it on its own (driftDetection.mode: warn).'];
  }
  if (profile.manager !== 'kustomize-controller') return [];
  // Flux compares labels and annotations, and no other metadata (drift.md 1.4 step 5).
  const left = paths.filter(({ path }) => /^\.metadata\.(finalizers|ownerReferences)/.test(path));
  return left.map(({ path }) => `Flux does not repair ${path} on its own.`);
}

/** `kubectl rollout restart` writes an annotation that Flux takes away again, which restarts the pods once more. */
function restartNotes({ profile }: Open, paths: readonly DriftPath[]): string[] {
  const isRestart = ({ path, kind }: DriftPath) =>
    kind === 'stale' && path.endsWith('["kubectl.kubernetes.io/restartedAt"]');
  if (profile.mode !== 'flux' || !paths.some(isRestart)) return [];
  return [
    'It was restarted with kubectl rollout restart; Flux removes the annotation with its next apply, which restarts it again. With --field-manager=flux-client-side-apply Flux leaves it.',
  ];
}

function trackingNotes({ live, input }: Open, paths: readonly DriftPath[]): string[] {
  const found = paths.some(({ path }) => path.endsWith(`["${argoTrackingId}"]`));
  const id = metadataMap(live, 'annotations')[argoTrackingId];
  if (!found || id === undefined || input.deployer?.engine !== 'argocd') return [];
  const application = id.slice(0, id.indexOf(':'));
  return application === input.deployer.name
    ? ['Its tracking id names another object.']
    : [`The Application ${application} tracks it, too: both apply it.`];
}

/** Where fields that others left are known to stay for ever. */
export function leftoverNotes({ live, profile }: Open, extra: DriftResult['extra']): string[] {
  const applied = metadataMap(live, 'annotations')[lastAppliedAnnotation] !== undefined;
  const left = extra.some(
    ({ by, path }) => by.manager === 'kubectl-client-side-apply' && !/^\.metadata\b/.test(path),
  );
  return applied && left && profile.mode === 'ssa'
    ? ['It was applied with kubectl apply before: what that left and git does not declare stays.']
    : [];
}
