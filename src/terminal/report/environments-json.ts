import type { EnvironmentsReport } from '../../core/actions/reports.ts';
import type {
  Application,
  Environment,
  RenderSource,
  ValuesSource,
} from '../../core/model/environment.ts';
import type { Place } from '../../core/model/source.ts';
import { objectJson, write } from './json.ts';

/** The JSON of `driftline environments`. Values written inline are named by their place only: they may be secret. */
export function environmentsJson({ environments, unresolved }: EnvironmentsReport): string {
  return write({
    version: 1,
    command: 'environments',
    environments: environments.map(environmentJson),
    unresolved: unresolved.map(unresolvedJson),
  });
}

function environmentJson(environment: Environment): unknown {
  const { name, engine, cluster, namespace, kubernetes, after, origin } = environment;
  return {
    name,
    engine,
    cluster,
    namespace,
    kubernetes,
    protected: environment.protected,
    after,
    origin: placeJson(origin),
    applications: environment.applications.map(applicationJson),
    unresolved: environment.unresolved.map(unresolvedJson),
  };
}

function applicationJson(application: Application): unknown {
  const { name, engine, source, owner, namespace, controller, dependsOn, origin } = application;
  return {
    name,
    engine,
    source: sourceJson(source),
    owner,
    namespace,
    controller: controller && objectJson(controller),
    dependsOn,
    origin: placeJson(origin),
  };
}

function sourceJson(source: RenderSource): unknown {
  if (source.kind === 'unresolved') return source;
  if (source.kind === 'several')
    return { kind: source.kind, sources: source.sources.map(sourceJson) };
  if (source.kind === 'plain') {
    const { kind, path, recurse, include, exclude } = source;
    return { kind, path, recurse, include, exclude };
  }
  if (source.kind === 'kustomize') return { kind: source.kind, path: source.path };
  const { kind, path, release, namespace, values } = source;
  return {
    kind,
    path,
    release,
    namespace,
    values: values.map(valuesJson),
  };
}

function valuesJson(value: ValuesSource): unknown {
  if (value.kind === 'file') return value.path;
  if (value.kind === 'named') return value.object;
  return placeJson(value.place);
}

function unresolvedJson({ reason, place }: { reason: string; place?: Place }): unknown {
  return { reason, file: place?.file, line: place?.line };
}

function placeJson({ file, line, column }: Place): Place {
  return { file, line, column };
}
