import { objectAt, textAt, valueAt } from '../../model/fields.ts';
import type { Pointer } from '../../model/path.ts';
import type { JsonObject } from '../../model/resource.ts';
import { nearestName } from '../../schemas/nearest.ts';
import type { EngineObject } from '../engine-object.ts';
import { isPlaceholder } from '../placeholders.ts';
import type { Violation } from '../violation.ts';
import { isTemplate, specsOf } from './application.ts';

const switches = ['true', 'false'];

/** The options that Argo CD looks for, with their values (argo-cd v3.5.7 and its gitops-engine, sync options). */
const syncOptions: Readonly<Record<string, readonly string[]>> = {
  ApplyOutOfSyncOnly: switches,
  ClientSideApplyMigration: switches,
  CreateNamespace: switches,
  Delete: ['true', 'false', 'confirm'],
  FailOnSharedResource: switches,
  Force: switches,
  Prune: ['true', 'false', 'confirm'],
  PruneLast: switches,
  PrunePropagationPolicy: ['foreground', 'background', 'orphan'],
  Replace: switches,
  RespectIgnoreDifferences: switches,
  ServerSideApply: switches,
  SkipDryRunOnMissingResource: switches,
  Validate: switches,
};

/** Sync options are compared as they stand: what Argo CD does not know has no effect. */
export function checkSyncOptions(object: EngineObject): Violation[] {
  return specsOf(object).flatMap(({ spec, at }) => {
    const list = valueAt(spec, 'syncPolicy', 'syncOptions');
    if (!Array.isArray(list)) return [];
    return list.flatMap((option, index) =>
      typeof option === 'string'
        ? unknownOption(option, [...at, 'syncPolicy', 'syncOptions', index])
        : [],
    );
  });
}

function unknownOption(option: string, pointer: Pointer): Violation[] {
  if (isTemplate(option) || isPlaceholder(option)) return [];
  const [name = '', value, ...rest] = option.split('=');
  const values = syncOptions[name];
  const known = value !== undefined && rest.length === 0 && values?.includes(value) === true;
  if (known) return [];
  const meant = meantOption(name, value);
  const hint = meant === undefined ? '.' : `; did you mean ${meant}?`;
  const why = values
    ? `${option} is no value of this sync option`
    : `Argo CD knows no sync option ${option}`;
  return [
    {
      rule: 'argo-sync-option',
      severity: 'warning',
      pointer,
      on: 'value',
      message: `${why}, so it has no effect${hint}`,
      ...(meant === undefined ? {} : { fix: `Write ${meant}.` }),
    },
  ];
}

function meantOption(name: string, value = ''): string | undefined {
  const [plain = '', written = value] = name.split(/\s*:\s*/);
  const near = plain in syncOptions ? plain : nearestName(plain, Object.keys(syncOptions));
  if (near === undefined) return undefined;
  const values = syncOptions[near] ?? [];
  const given = written.trim();
  const meant = values.includes(given)
    ? given
    : given === ''
      ? values[0]
      : nearestName(given, values);
  return meant === undefined ? undefined : `${near}=${meant}`;
}

const prefix = 'argocd.argoproj.io/';

/** Annotations that say how Argo CD syncs an object: what it cannot read, it passes over without a word. */
export function annotationViolations(object: JsonObject): Violation[] {
  const annotations = objectAt(object, 'metadata', 'annotations');
  if (!annotations) return [];
  return [
    ...waveOf(textAt(annotations, `${prefix}sync-wave`)),
    ...eachOf(annotations, 'hook', hooks),
    ...eachOf(annotations, 'hook-delete-policy', deletePolicies),
    ...listed(annotations, 'sync-options').flatMap(option =>
      unknownOption(option, pointerTo('sync-options')),
    ),
  ];
}

const hooks = ['PreSync', 'Sync', 'PostSync', 'SyncFail', 'PreDelete', 'PostDelete', 'Skip'];
const deletePolicies = ['HookSucceeded', 'HookFailed', 'BeforeHookCreation'];

/** Read by Go's strconv.Atoi. */
function waveOf(wave: string | undefined): Violation[] {
  if (wave === undefined || /^[+-]?\d+$/.test(wave) || isPlaceholder(wave)) return [];
  return [
    {
      rule: 'argo-sync-wave',
      severity: 'warning',
      pointer: pointerTo('sync-wave'),
      on: 'value',
      message: `A sync wave is an integer; Argo CD reads ${JSON.stringify(wave)} as wave 0.`,
    },
  ];
}

function eachOf(annotations: JsonObject, name: string, known: readonly string[]): Violation[] {
  return listed(annotations, name).flatMap((value): Violation[] => {
    if (known.includes(value) || isPlaceholder(value)) return [];
    const near = nearestName(value, known);
    const hint = near === undefined ? ` It knows ${known.join(', ')}.` : '';
    return [
      {
        rule: 'argo-hook',
        severity: 'warning',
        pointer: pointerTo(name),
        on: 'value',
        message: `Argo CD knows no ${name} ${value}, so it has no effect${near === undefined ? '.' : `; did you mean ${near}?`}${hint}`,
        ...(near === undefined ? {} : { fix: `Write ${near}.` }),
      },
    ];
  });
}

function listed(annotations: JsonObject, name: string): string[] {
  const text = textAt(annotations, prefix + name) ?? '';
  return text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '');
}

function pointerTo(name: string): Pointer {
  return ['metadata', 'annotations', prefix + name];
}
