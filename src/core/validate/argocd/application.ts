import { objectAt, objectsAt, textAt, textsAt, valueAt } from '../../model/fields.ts';
import type { Pointer } from '../../model/path.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { EngineObject } from '../engine-object.ts';
import { nearIn } from '../near.ts';
import type { Violation } from '../violation.ts';

/** The `spec` of an Application: its own, or that of a set's template, whose texts may hold parameters. */
export interface ApplicationSpec {
  spec: JsonObject;
  /** To the `spec`. */
  at: Pointer;
  templated: boolean;
}

/** The specs that an Application or ApplicationSet holds. */
export function specsOf({ object, resource }: EngineObject): ApplicationSpec[] {
  const own = objectAt(object, 'spec');
  if (resource.kind === 'Application')
    return own ? [{ spec: own, at: ['spec'], templated: false }] : [];
  const spec = objectAt(own, 'template', 'spec');
  return spec ? [{ spec, at: ['spec', 'template', 'spec'], templated: true }] : [];
}

/** The sources of an Application, each with its place. */
export function sourcesIn({ spec, at }: ApplicationSpec): { source: JsonObject; at: Pointer }[] {
  const several = objectsAt(spec, 'sources');
  if (several.length > 0)
    return several.map((source, index) => ({ source, at: [...at, 'sources', index] }));
  const single = objectAt(spec, 'source');
  return single ? [{ source: single, at: [...at, 'source'] }] : [];
}

/** True for a text that a generator fills in. */
export function isTemplate(text: string | undefined): boolean {
  return text?.includes('{{') === true;
}

/** `destination` names its cluster by `server` or by `name` (argo-cd v3.5.7, GetDestinationServer). */
export function checkDestination(object: EngineObject): Violation[] {
  return specsOf(object).flatMap(({ spec, at, templated }): Violation[] => {
    const destination = objectAt(spec, 'destination');
    if (!destination) return [];
    const [server, name] = ['server', 'name'].map(field => textAt(destination, field) || undefined);
    if (server !== undefined && name !== undefined) {
      if (isTemplate(server) || isTemplate(name)) return [];
      return [
        {
          rule: 'mutually-exclusive',
          severity: 'error',
          pointer: [...at, 'destination', 'name'],
          on: 'key',
          message:
            'destination has server and name; Argo CD takes one of them only, so leave one out.',
        },
      ];
    }
    if (server !== undefined || name !== undefined || templated) return [];
    return [
      {
        rule: 'missing-required',
        severity: 'error',
        pointer: [...at, 'destination'],
        on: 'key',
        message: 'destination names no cluster; add server or name.',
      },
    ];
  });
}

/** What every source must have (validateSourcePermissions, GetRefSources). */
export function checkSources(object: EngineObject): Violation[] {
  return specsOf(object).flatMap(spec => {
    const sources = sourcesIn(spec);
    const several = objectsAt(spec.spec, 'sources').length > 0;
    const refs = sources.flatMap(({ source }) => textAt(source, 'ref') || []);
    return [
      ...(several && objectAt(spec.spec, 'source') ? [besideSources(spec)] : []),
      ...sources.flatMap(({ source, at }, index) => [
        ...incomplete(source, at, several),
        ...(several
          ? refOf(source, at, refs.indexOf(textAt(source, 'ref') ?? '') < index, refs)
          : []),
        ...valueFiles(source, at, several ? refs : undefined),
      ]),
    ];
  });
}

function besideSources({ at }: ApplicationSpec): Violation {
  return {
    rule: 'mutually-exclusive',
    severity: 'warning',
    pointer: [...at, 'source'],
    on: 'key',
    message: 'source has no effect beside sources; move it into the list.',
  };
}

function incomplete(source: JsonObject, at: Pointer, several: boolean): Violation[] {
  const has = (field: string) => (textAt(source, field) ?? '') !== '';
  const error = (message: string): Violation[] => [
    { rule: 'missing-required', severity: 'error', pointer: at, on: 'key', message },
  ];
  if (!has('path') && !has('chart') && !(several && has('ref')) && !isRegistry(source))
    return error(
      several
        ? 'A source needs a path, a chart or a ref.'
        : 'source needs a path or a chart; the root of a repository is path: "."',
    ).map(violation => ({ ...violation, message: `${violation.message.replace(/\.$/, '')}.` }));
  const isMisspelt = Object.keys(source).some(field => nearIn(field, ['targetRevision']));
  if (has('chart') && !has('targetRevision') && !isMisspelt)
    return error(
      'A source with a chart needs a targetRevision, which is the version of the chart.',
    );
  return [];
}

function isRegistry(source: JsonObject): boolean {
  const url = textAt(source, 'repoURL');
  return url === undefined || url.startsWith('oci://') || isTemplate(url);
}

function refOf(
  source: JsonObject,
  at: Pointer,
  isAgain: boolean,
  refs: readonly string[],
): Violation[] {
  const ref = textAt(source, 'ref') ?? '';
  if (ref === '' || isTemplate(ref)) return [];
  const violation: Pick<Violation, 'severity' | 'pointer' | 'on'> = {
    severity: 'error',
    pointer: [...at, 'ref'],
    on: 'value',
  };
  if (!/^[\w-]+$/.test(ref))
    return [
      {
        ...violation,
        rule: 'invalid-value',
        message: `ref ${ref} may hold letters, digits, _ and - only; it is used as $${ref.replace(/[^\w-]/g, '')}.`,
      },
    ];
  if (isAgain && refs.filter(other => other === ref).length > 1)
    return [
      { ...violation, rule: 'duplicate-value', message: `ref ${ref} is the name of two sources.` },
    ];
  if (textAt(source, 'chart'))
    return [
      {
        ...violation,
        rule: 'mutually-exclusive',
        message: `A source with a chart can have no ref; files cannot be taken from a chart.`,
      },
    ];
  return [];
}

/** `$values/…` is from the source whose `ref` is `values`; `refs` is undefined where there is a single source. */
function valueFiles(
  source: JsonObject,
  at: Pointer,
  refs: readonly string[] | undefined,
): Violation[] {
  return textsAt(source, 'helm', 'valueFiles').flatMap((file, index): Violation[] => {
    const [, name] = /^\$([\w-]+)\//.exec(file) ?? [];
    // Argo CD's own variables are filled in as well.
    if (name === undefined || name.startsWith('ARGOCD_') || refs?.includes(name)) return [];
    if (refs?.some(isTemplate) || valueAt(source, 'helm', 'ignoreMissingValueFiles') === true)
      return [];
    const near = refs && nearIn(name, refs);
    const hint =
      refs === undefined
        ? `; move source into sources and add one with ref: ${name}.`
        : near === undefined
          ? `; add ref: ${name} to the source of the file.`
          : `; did you mean $${near}?`;
    return [
      {
        rule: 'argo-unknown-ref',
        severity: 'error',
        pointer: [...at, 'helm', 'valueFiles', index],
        on: 'value',
        message: `No source has the ref ${name} that ${file} begins with${hint}`,
      },
    ];
  });
}
