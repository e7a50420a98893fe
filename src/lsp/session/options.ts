import { isObject } from '../../core/model/resource.ts';
import type { ChosenCluster, InitializationOptions, Settings } from '../protocol.ts';

/**
 * Reads what a client sent as `initializationOptions`, or as the section `driftline` of its configuration.
 * Editors other than ours may send none, or parts: what is absent or of another type has its default, and
 * trust is never the default.
 */
export function readOptions(sent: unknown): InitializationOptions {
  const given = isRecord(sent) ? sent : {};
  return {
    trusted: given.trusted === true,
    markers: given.markers === true,
    clusters: Array.isArray(given.clusters) ? given.clusters.filter(isChosen) : [],
    settings: readSettings(given.settings ?? given),
  };
}

export function readSettings(sent: unknown): Settings {
  const given = isRecord(sent) ? sent : {};
  const { kubeconfig, forges, auditLogs, schemas } = given;
  return {
    kubeconfig: typeof kubeconfig === 'string' && kubeconfig !== '' ? kubeconfig : undefined,
    forges: textsOf(forges),
    auditLogs: textsOf(auditLogs),
    schemas: Array.isArray(schemas) ? schemas.filter(each => typeof each === 'string') : [],
    localOnly: given.localOnly === true,
    validation: given.validation !== false,
    drift: given.drift !== false,
    completion: completions.find(each => each === given.completion) ?? 'auto',
    ...elsewhere(given.schemasElsewhere),
  };
}

const completions = ['auto', 'all', 'names', 'off'] as const;

function elsewhere(sent: unknown): Pick<Settings, 'schemasElsewhere'> {
  if (!isRecord(sent) || !Array.isArray(sent.patterns)) return {};
  const patterns = sent.patterns.filter(each => typeof each === 'string');
  return { schemasElsewhere: { patterns } };
}

/** Without a prototype: any name may be asked for. */
function textsOf(value: unknown): Record<string, string> {
  const texts = Object.entries(isRecord(value) ? value : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.assign(Object.create(null), Object.fromEntries(texts));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return isObject(value);
}

function isChosen(value: unknown): value is ChosenCluster {
  return (
    isRecord(value) &&
    [value.environment, value.context, value.uid].every(part => typeof part === 'string')
  );
}
