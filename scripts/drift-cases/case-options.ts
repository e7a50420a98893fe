import type { DriftInput } from '../../src/core/drift/input.ts';
import { type Deployer, helmMark, helmNamespace } from '../../src/core/drift/owners/tracking.ts';
import { marked } from '../../src/core/drift/prepare/policy.ts';
import { hasVariables } from '../../src/core/drift/prepare/substitution.ts';
import { keepingOption } from '../../src/core/drift/removed/unmanaged.ts';
import { mapLeaves, metadataMap } from '../../src/core/drift/values.ts';
import type { IgnoreRule } from '../../src/core/model/drift.ts';
import { argoRule, fluxRule, overrideRules } from '../../src/core/model/ignore-rules.ts';
import type { JsonObject, Resource } from '../../src/core/model/resource.ts';
import type { CaseOptions, DriftCase, FluxOptions } from './case-file.ts';

/** What the cases' object is deployed by; where a case does not say, they speak of one `app`. */
export function deployerOf({ options, owner, live }: DriftCase): Deployer | undefined {
  const release = metadataMap(live ?? undefined, 'annotations')[helmMark];
  if (release !== undefined && ['helm', 'helm-controller'].includes(owner.manager)) {
    const namespace = metadataMap(live ?? undefined, 'annotations')[helmNamespace] ?? '';
    return { engine: 'helm', name: release, namespace };
  }
  if (owner.mode === 'flux') {
    const { name = 'app', namespace = 'flux-system', prune } = options?.flux ?? {};
    return { engine: 'flux', name, namespace, prunes: prune };
  }
  if (owner.manager !== 'argocd-controller') return undefined;
  const { appName = 'app', appNamespace = 'argocd', ...argo } = options?.argocd ?? {};
  return {
    engine: 'argocd',
    name: appName,
    namespace: appNamespace,
    tracking: argo.trackingMethod as Deployer['tracking'],
    instanceLabel: argo.instanceLabelKey,
    installation: argo.installationID,
    keeps: keepingOption(argo.syncOptions ?? []),
  };
}

/** Argo CD's own settings, as far as they are about this kind. */
export function argoOf(
  { options, owner }: DriftCase,
  { group, kind }: Resource,
): DriftInput['argo'] {
  const { compareOptions: compare, systemOverrides = {} } = options?.argocd ?? {};
  const status = compare?.ignoreResourceStatusField;
  const key = group === '' ? kind : `${group}/${kind}`;
  return {
    ignoreStatus: owner.manager === 'argocd-controller' && status !== 'none' && status !== 'crd',
    ignoreAggregatedRules: compare?.ignoreAggregatedRoles,
    knownTypes: systemOverrides[key]?.knownTypeFields,
  };
}

/** Ignore rules in their tools' formats, read as they are from manifests. */
export function rulesOf({ options }: DriftCase): IgnoreRule[] {
  const { flux, argocd } = options ?? {};
  const system = Object.entries(argocd?.systemOverrides ?? {}).flatMap(([scope, override]) =>
    override.ignoreDifferences ? overrideRules(scope, override.ignoreDifferences, 'argocd-cm') : [],
  );
  const flagged = [...(flux?.ignore ?? []), ...(flux?.driftDetection?.ignore ?? [])];
  return [
    ...flagged.map((entry, index) =>
      fluxRule(entry as unknown as JsonObject, `Flux ignore rule ${index + 1}`),
    ),
    ...system,
    ...(argocd?.ignoreDifferences ?? []).map((entry, index) =>
      argoRule(entry, `ignoreDifferences rule ${index + 1}`),
    ),
  ];
}

/** The manifest as Flux' substitution leaves it, and whether it was done. */
export function substituted(
  manifest: JsonObject,
  flux: FluxOptions | undefined,
): { desired: JsonObject; substituted: boolean } {
  const { postBuild = false } = flux ?? {};
  const off = marked('kustomize.toolkit.fluxcd.io/substitute', 'disabled', manifest);
  if (postBuild === false || off) return { desired: manifest, substituted: off };
  const values = postBuild === true ? {} : (postBuild.substitute ?? {});
  const filled = mapLeaves(manifest, leaf =>
    typeof leaf === 'string'
      ? leaf.replace(/(?<!\$)\$\{(\w+)\}/g, (text, name: string) => values[name] ?? text)
      : leaf,
  );
  if (hasVariables(filled)) return { desired: filled as JsonObject, substituted: false };
  const desired = mapLeaves(filled, leaf =>
    typeof leaf === 'string' ? leaf.replaceAll('$${', '${') : leaf,
  );
  return { desired: desired as JsonObject, substituted: true };
}

/** Why live could not be read; undefined when it could. */
export function unreadable({ list = 200, get = 200 }: CaseOptions): string | undefined {
  if (list < 400 || get < 400 || get === 404) return undefined;
  return [401, 403].includes(get)
    ? 'There is no permission to read it.'
    : `The server could not be asked for it (${get}).`;
}
