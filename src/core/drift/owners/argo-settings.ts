import { jsonOf } from '../../manifests/locate.ts';
import { parseManifests } from '../../manifests/parse.ts';
import type { IgnoreRule } from '../../model/drift.ts';
import { objectsAt, textAt, textMapAt, valueAt } from '../../model/fields.ts';
import { overrideRules } from '../../model/ignore-rules.ts';
import { isObject, type Json, type JsonObject, type Resource } from '../../model/resource.ts';
import type { KnownTypeField } from '../prepare/known-types.ts';
import type { Deployer } from './tracking.ts';

/** What an Argo CD is told for all its Applications, in the ConfigMap `argocd-cm`. */
export interface ArgoSettings {
  tracking: NonNullable<Deployer['tracking']>;
  instanceLabel?: string;
  installation?: string;
  /** `resource.customizations.ignoreDifferences.*` */
  ignore: IgnoreRule[];
  /** `resource.compareoptions`: whose status is left out, and whether aggregated roles' rules are. */
  status: 'all' | 'crd' | 'none';
  ignoreAggregatedRules: boolean;
  /** `knownTypeFields` by `group/kind`, or the kind alone for the core group. */
  knownTypes: Record<string, KnownTypeField[]>;
  /** Scopes with a health check in Lua, which nothing here runs. */
  customHealth: string[];
}

/** Reads `argocd-cm` (Argo CD 3: util/settings). What cannot be read is as if it were not said. */
export function argoSettings(configMap: JsonObject): ArgoSettings {
  const data = textMapAt(configMap, 'data') ?? {};
  const compare = yamlOf(data['resource.compareoptions']);
  const status = textAt(compare, 'ignoreResourceStatusField');
  const method = data['application.resourceTrackingMethod'];
  const overrides = overridesOf(data);
  return {
    tracking: method === 'label' || method === 'annotation+label' ? method : 'annotation',
    instanceLabel: data['application.instanceLabelKey'] || undefined,
    installation: data.installationID || undefined,
    ignore: overrides.flatMap(({ scope, type, value }) =>
      type === 'ignoreDifferences' && isObject(value)
        ? overrideRules(scope, value, `argocd-cm (resource.customizations, ${scope})`)
        : [],
    ),
    status: status === 'crd' ? 'crd' : isOff(status) ? 'none' : 'all',
    ignoreAggregatedRules: valueAt(compare, 'ignoreAggregatedRoles') === true,
    knownTypes: Object.fromEntries(
      overrides.flatMap(({ scope, type, value }) =>
        type === 'knownTypeFields' ? [[scope, knownTypesOf(value)] as const] : [],
      ),
    ),
    customHealth: overrides.flatMap(({ scope, type }) => (type === 'health' ? scope : [])),
  };
}

function isOff(status: string | undefined): boolean {
  return status === 'none' || status === 'off' || status === 'false';
}

/** Settings for one kind, in the words of a comparison. */
export function argoComparison(settings: ArgoSettings, { group, kind }: Resource) {
  const known = settings.knownTypes[group === '' ? kind : `${group}/${kind}`];
  return {
    ignoreStatus: settings.status === 'all',
    ignoreAggregatedRules: settings.ignoreAggregatedRules,
    ...(known === undefined ? {} : { knownTypes: known }),
  };
}

interface Override {
  scope: string;
  type: string;
  value: Json | undefined;
}

/** Both spellings: a key for each setting and kind (`….health.apps_Deployment`), and one map of all. */
function overridesOf(data: Readonly<Record<string, string>>): Override[] {
  const all = yamlOf(data['resource.customizations']);
  const mapped = Object.entries(isObject(all) ? all : {}).flatMap(([scope, settings]) =>
    Object.entries(isObject(settings) ? settings : {}).map(([type, value]) => ({
      scope,
      type: type === 'health.lua' ? 'health' : type,
      // A rule stands there as text.
      value: type === 'ignoreDifferences' && typeof value === 'string' ? yamlOf(value) : value,
    })),
  );
  const keyed = Object.entries(data).flatMap(([key, text]) => {
    const [, type, scope] = /^resource\.customizations\.([^.]+)\.(.+)$/.exec(key) ?? [];
    if (type === undefined || scope === undefined) return [];
    return { scope: scope.replace('_', '/'), type, value: type === 'health' ? text : yamlOf(text) };
  });
  return [...mapped, ...keyed];
}

function knownTypesOf(value: Json | undefined): KnownTypeField[] {
  return objectsAt({ list: value ?? [] }, 'list').flatMap(entry => {
    const [field, type] = [textAt(entry, 'field'), textAt(entry, 'type')];
    return field && type ? [{ field, type }] : [];
  });
}

function yamlOf(text: string | undefined): Json | undefined {
  const [document] = text === undefined ? [] : parseManifests(text).documents;
  return document?.root && jsonOf(document.root);
}
