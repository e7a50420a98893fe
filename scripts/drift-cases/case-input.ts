import type { DriftInput } from '../../src/core/drift/input.ts';
import type { Deployer } from '../../src/core/drift/owners/tracking.ts';
import { mapLeaves } from '../../src/core/drift/values.ts';
import type { IgnoreRule } from '../../src/core/model/drift.ts';
import { isObject, type JsonObject, resourceOf } from '../../src/core/model/resource.ts';
import { type ArgoRule, type DriftCase, documentsOf, type FluxIgnore } from './case-file.ts';

/** The manifest of a case: of several with one identity the last one wins. */
export function manifestOf(test: DriftCase): JsonObject | undefined {
  const written = test.desiredText === undefined ? [] : documentsOf(test.desiredText);
  const all = [test.desired, ...(test.desiredList ?? []), ...written].filter(isObject);
  return all.flatMap(itemsOf).at(-1);
}

function itemsOf(object: JsonObject): JsonObject[] {
  return Array.isArray(object.items) ? object.items.filter(isObject).flatMap(itemsOf) : [object];
}

/** The input of the comparison, as rendering and listing would give it. */
export function inputOf(test: DriftCase, manifest: JsonObject): DriftInput {
  const { options = {}, owner } = test;
  const substituted = options.flux?.postBuild === true;
  const desired = substituted ? (mapLeaves(manifest, unescaped) as JsonObject) : manifest;
  const named = { ...manifest, metadata: { name: '', ...metadataOf(manifest) } };
  const resource = resourceOf(named);
  if (!resource) throw new Error(`${test.id}: its manifest has no identity`);
  const namespace = resource.namespace || (options.defaultNamespace ?? '');
  const forbidden = (options.list ?? 200) >= 400 && (options.get ?? 200) >= 400;
  return {
    resource: { ...resource, namespace },
    desired,
    live: liveOf(test),
    ...(forbidden ? { notChecked: 'No permission to read it.' } : {}),
    owners: { application: { mode: owner.mode, manager: owner.manager } },
    deployer: options.argocd?.appName === undefined ? undefined : deployerOf(test),
    previous: test.previous,
    ignore: rulesOf(test),
    volatile: options.volatilePaths,
    substituted,
    argo: argoOf(test),
  };
}

function metadataOf(object: JsonObject): JsonObject {
  return isObject(object.metadata) ? object.metadata : {};
}

/** What postBuild's substitution makes of an escaped variable. */
function unescaped(leaf: JsonObject[string]): JsonObject[string] {
  return typeof leaf === 'string' ? leaf.replaceAll('$${', '${') : leaf;
}

/** The cases leave out what every server writes: the type of managed fields, and a Job's uid. */
function liveOf({ live }: DriftCase): JsonObject | undefined {
  if (!isObject(live)) return undefined;
  const metadata = metadataOf(live);
  const labels = isObject(metadata.labels) ? metadata.labels : {};
  const uid = live.kind === 'Job' ? labels['controller-uid'] : undefined;
  const entries = Array.isArray(metadata.managedFields) ? metadata.managedFields : [];
  const managedFields = entries
    .filter(isObject)
    .map(entry => ({ fieldsType: 'FieldsV1', ...entry }));
  return {
    ...live,
    metadata: { ...metadata, managedFields, ...(uid === undefined ? {} : { uid }) },
  };
}

/** What the cases' object is deployed by; where a case does not say, they speak of one `app`. */
export function deployerOf({ options, owner }: DriftCase): Deployer | undefined {
  if (owner.mode === 'flux') return { engine: 'flux', name: 'app', namespace: 'flux-system' };
  if (owner.manager !== 'argocd-controller') return undefined;
  const { appName = 'app', trackingMethod, instanceLabelKey } = options?.argocd ?? {};
  const said = ['annotation', 'label'].find(method => method === trackingMethod);
  return {
    engine: 'argocd',
    name: appName,
    namespace: 'argocd',
    tracking: said as Deployer['tracking'],
    instanceLabel: instanceLabelKey,
  };
}

function argoOf({ options, owner }: DriftCase): DriftInput['argo'] {
  const compare = options?.argocd?.compareOptions;
  const status = compare?.ignoreResourceStatusField;
  const known = Object.values(options?.argocd?.systemOverrides ?? {}).flatMap(
    override => override.knownTypeFields ?? [],
  );
  return {
    ignoreStatus: owner.manager === 'argocd-controller' && status !== 'none' && status !== 'crd',
    ignoreAggregatedRules: compare?.ignoreAggregatedRoles,
    quantities: known
      .filter(({ type }) => type === 'core/Quantity')
      .map(({ field }) => `.${field}`),
  };
}

function rulesOf({ options }: DriftCase): IgnoreRule[] {
  const { flux, argocd } = options ?? {};
  const system = Object.entries(argocd?.systemOverrides ?? {}).flatMap(([scope, override]) => {
    const [group, kind] = scope.split('/');
    return override.ignoreDifferences ? [{ group, kind, ...override.ignoreDifferences }] : [];
  });
  return [
    ...(flux?.ignore ?? []).map(fluxRule),
    ...[...system, ...(argocd?.ignoreDifferences ?? [])].map(argoRule),
  ];
}

function fluxRule({ paths, target = {} }: FluxIgnore, index: number): IgnoreRule {
  const { labelSelector, annotationSelector, ...fields } = target;
  return {
    ...fields,
    matching: 'regex',
    labels: labelSelector,
    annotations: annotationSelector,
    pointers: paths,
    origin: `Flux ignore rule ${index + 1}`,
  };
}

function argoRule(rule: ArgoRule, index: number): IgnoreRule {
  return {
    group: rule.group,
    kind: rule.kind,
    name: rule.name || undefined,
    namespace: rule.namespace || undefined,
    pointers: rule.jsonPointers ?? [],
    jq: rule.jqPathExpressions,
    managers: rule.managedFieldsManagers,
    origin: `ignoreDifferences rule ${index + 1}`,
  };
}
