import { argoGlob } from '../../lib/argo-glob.ts';
import { isClusterKind } from '../../links/scope.ts';
import { objectAt, objectsAt, textAt, textsAt, valueAt } from '../../model/fields.ts';
import { type JsonObject, type Resource, resourceText } from '../../model/resource.ts';
import { isAside } from '../aside.ts';
import type { EngineObject } from '../engine-object.ts';
import { nearIn } from '../near.ts';
import { isPlaceholder } from '../placeholders.ts';
import type { Known, Realm } from '../realm.ts';
import type { Violation } from '../violation.ts';
import { type ApplicationSpec, isTemplate, sourcesIn, specsOf } from './application.ts';

const argoGroup = 'argoproj.io';

/** Projects that do not exist, or do not let an Application take its sources or go to its destination. */
export function checkProject(object: EngineObject): Violation[] {
  return specsOf(object).flatMap(spec => {
    const name = textAt(spec.spec, 'project') ?? '';
    if (name === '' || isTemplate(name) || isPlaceholder(name)) return [];
    const { namespace } = object.resource;
    const found = object.realm.find({ group: argoGroup, kind: 'AppProject', namespace: '', name });
    const near = found.filter(({ resource }) => resource.namespace === namespace);
    const [project, ...others] = near.length > 0 ? near : found;
    if (!project) return missingProject(object, spec, name);
    const value = project.value();
    // Variants of one project in several folders: which one counts, nobody knows.
    if (others.length > 0 || !value) return [];
    return [
      ...refusedNamespace(object, spec, project, value),
      ...refusedSources(spec, project, value),
      ...refusedDestination(spec, project, value),
    ];
  });
}

/** Argo CD makes `default` itself; others are expected here only where this repository has projects. */
function missingProject(
  { realm, subject, checks }: EngineObject,
  { at }: ApplicationSpec,
  name: string,
): Violation[] {
  if (name === 'default') return [];
  const names = realm.ofKind(argoGroup, 'AppProject').map(({ resource }) => resource.name);
  const near = nearIn(name, names);
  if (near === undefined) {
    if (!hasOwnProjects(realm, names) || isAside(subject.place.file)) return [];
    const others = checks.input.index.files().filter(({ role }) => role !== 'manifest');
    if (others.some(({ text }) => text.includes('AppProject') && text.includes(name))) return [];
  }
  const hint = near === undefined ? `, only ${names.join(', ')}.` : `; did you mean ${near}?`;
  return [
    {
      rule: 'argo-unknown-project',
      severity: 'warning',
      pointer: [...at, 'project'],
      on: 'value',
      message: `There is no AppProject ${name}${hint}`,
      ...(near === undefined ? {} : { fix: `Write ${near}.` }),
    },
  ];
}

/** True where Applications of the repository are in projects of the repository: then the others should be as well. */
function hasOwnProjects(realm: Realm, names: readonly string[]): boolean {
  return realm
    .ofKind(argoGroup, 'Application')
    .some(known => names.includes(textAt(known.value(), 'spec', 'project') ?? ''));
}

/** Applications of other namespaces than Argo CD's own need the project's leave (IsAppNamespacePermitted). */
function refusedNamespace(
  { resource }: EngineObject,
  { at }: ApplicationSpec,
  project: Known,
  value: JsonObject,
): Violation[] {
  const own = project.resource.namespace;
  if (own === '' || resource.namespace === '' || own === resource.namespace) return [];
  const allowed = textsAt(value, 'spec', 'sourceNamespaces').some(pattern =>
    /^\/.*\/$/.test(pattern) ? true : argoGlob(pattern)(resource.namespace),
  );
  if (allowed) return [];
  return [
    refusal(
      [...at, 'project'],
      `AppProject ${own}/${project.resource.name} takes no Applications of namespace ${resource.namespace}; add it to sourceNamespaces.`,
      'warning',
    ),
  ];
}

function refusedSources(spec: ApplicationSpec, project: Known, value: JsonObject): Violation[] {
  const patterns = textsAt(value, 'spec', 'sourceRepos');
  return sourcesIn(spec).flatMap(({ source, at }) => {
    const url = textAt(source, 'repoURL') ?? '';
    if (url === '' || isTemplate(url) || isPlaceholder(url) || permitsSource(patterns, url))
      return [];
    return [
      refusal(
        [...at, 'repoURL'],
        `AppProject ${project.resource.name} does not allow the repository ${url}; its sourceRepos are ${listOf(patterns)}.`,
      ),
    ];
  });
}

/** IsSourcePermitted: `!` denies what it matches; `*` stops at a `/`. */
export function permitsSource(patterns: readonly string[], url: string): boolean {
  const address = normalized(url);
  let isAllowed = false;
  for (const pattern of patterns) {
    const isDeny = pattern.startsWith('!');
    const plain = normalized(isDeny ? pattern.slice(1) : pattern);
    const matches = plain === '*' ? true : argoGlob(plain, '/')(address);
    if (isDeny && matches) return false;
    if (isDeny !== matches) isAllowed = true;
  }
  return isAllowed;
}

/** git.NormalizeGitURL of Argo CD. */
function normalized(url: string): string {
  const lower = url.trim().toLowerCase();
  const isScp = /^[^/:@\s]+@[^/:\s]+:/.test(lower);
  const address = isScp ? lower.replace(':', '/') : lower;
  return address.replace(/\.git$/, '').replace(/^ssh:\/\//, '');
}

function refusedDestination(spec: ApplicationSpec, project: Known, value: JsonObject): Violation[] {
  const destination = objectAt(spec.spec, 'destination') ?? {};
  const [server = '', name = '', namespace = ''] = ['server', 'name', 'namespace'].map(field =>
    textAt(destination, field),
  );
  if (server === '' && name === '') return [];
  if ([server, name, namespace].some(text => isTemplate(text) || isPlaceholder(text))) return [];
  const allowed = objectsAt(value, 'spec', 'destinations');
  const cluster = clusterOf(server, name);
  if (permitsDestination(allowed, cluster, namespace) !== false) return [];
  const where = `${name || server}${namespace === '' ? '' : `, namespace ${namespace}`}`;
  return [
    refusal(
      [...spec.at, 'destination', namespace === '' ? (name ? 'name' : 'server') : 'namespace'],
      `AppProject ${project.resource.name} does not allow the destination ${where}; it allows ${listOf(allowed.map(destinationText))}.`,
    ),
  ];
}

interface Cluster {
  server?: string;
  name?: string;
}

/** Argo CD's own cluster has both a name and an address; of others only what is written is known. */
function clusterOf(server: string, name: string): Cluster {
  const own = { server: 'https://kubernetes.default.svc', name: 'in-cluster' };
  if (server.replace(/\/+$/, '') === own.server || name === own.name) return own;
  return { ...(server ? { server: server.replace(/\/+$/, '') } : {}), ...(name ? { name } : {}) };
}

/** isDestinationMatched; undefined where it depends on what is not known of the cluster. */
export function permitsDestination(
  allowed: readonly JsonObject[],
  cluster: Cluster,
  namespace: string,
): boolean | undefined {
  let isAllowed: boolean | undefined = false;
  for (const item of allowed) {
    const [server = '', name = '', space = ''] = ['server', 'name', 'namespace'].map(field =>
      textAt(item, field),
    );
    const unknown =
      (cluster.server === undefined && server !== '') ||
      (cluster.name === undefined && name !== '');
    const byName = cluster.name !== undefined && globMatches(name, cluster.name);
    const byServer = cluster.server !== undefined && globMatches(server, cluster.server);
    const inNamespace = globMatches(space, namespace);
    if ((byName || byServer) && inNamespace) isAllowed = true;
    else if (unknown && (inNamespace || [server, name].some(isDeny))) {
      if (isAllowed !== true || [server, name].some(isDeny)) return undefined;
    } else if ((!byName && isDeny(name)) || (!byServer && isDeny(server) && inNamespace))
      return false;
    else if (!inNamespace && isDeny(space) && byServer) return false;
  }
  return isAllowed;
}

function isDeny(pattern: string): boolean {
  return pattern.startsWith('!');
}

function globMatches(pattern: string, text: string): boolean {
  if (isDeny(pattern)) return !argoGlob(pattern.slice(1))(text);
  return pattern === '*' || argoGlob(pattern)(text);
}

function destinationText(item: JsonObject): string {
  const cluster = textAt(item, 'name') || textAt(item, 'server') || '*';
  return `${cluster} (namespace ${textAt(item, 'namespace') || 'none'})`;
}

function listOf(items: readonly string[]): string {
  return items.length === 0
    ? 'empty'
    : items.slice(0, 5).join(', ') + (items.length > 5 ? ', …' : '');
}

function refusal(
  pointer: Violation['pointer'],
  message: string,
  severity: Violation['severity'] = 'error',
): Violation {
  return { rule: 'argo-project-refuses', severity, pointer, on: 'value', message };
}

/**
 * Why a project does not let Argo CD sync an object of a kind (IsGroupKindNamePermitted): the name of the list that
 * does not have it, or has it; undefined where it may.
 */
export function refusingList(project: JsonObject, resource: Resource): string | undefined {
  const kind = resource.group === '' ? resource.kind : `${resource.group}/${resource.kind}`;
  const isCluster = isClusterKind(kind);
  if (!isCluster && resource.namespace === '' && resource.group.includes('.')) return undefined;
  const prefix = isCluster ? 'cluster' : 'namespace';
  const white = valueAt(project, 'spec', `${prefix}ResourceWhitelist`);
  const inList = (name: string) =>
    objectsAt(project, 'spec', name).some(
      item =>
        globMatches(textAt(item, 'group') ?? '', resource.group) &&
        globMatches(textAt(item, 'kind') ?? '', resource.kind) &&
        (textAt(item, 'name') === undefined ||
          globMatches(textAt(item, 'name') ?? '', resource.name)),
    );
  const isAllowed = isCluster || Array.isArray(white) ? inList(`${prefix}ResourceWhitelist`) : true;
  if (!isAllowed) return `${prefix}ResourceWhitelist`;
  return inList(`${prefix}ResourceBlacklist`) ? `${prefix}ResourceBlacklist` : undefined;
}

/** Objects that an Application makes and its project does not let Argo CD sync. */
export function checkProjectKinds({ object, resource, realm, checks }: EngineObject): void {
  if (resource.kind !== 'Application') return;
  const application = realm.environment?.applications.find(
    ({ controller }) =>
      controller?.kind === 'Application' &&
      controller.name === resource.name &&
      controller.namespace === resource.namespace,
  );
  const set = application && realm.set(application);
  const name = textAt(object, 'spec', 'project') ?? '';
  const [project, ...others] = realm.find({
    group: argoGroup,
    kind: 'AppProject',
    namespace: resource.namespace,
    name,
  });
  const value = project?.value();
  if (!set || !project || !value || others.length > 0) return;
  for (const made of set.objects) {
    const list = refusingList(value, made.resource);
    if (list === undefined) continue;
    const { how: _, via: __, ...place } = made.locate(['kind']);
    checks.findings.add({
      ...place,
      endLine: place.line,
      endColumn: place.column + made.resource.kind.length,
      rule: 'argo-project-refuses',
      severity: 'error',
      message: `AppProject ${name} does not let Application ${resource.name} deploy ${resourceText(made.resource)}: its ${list} ${list.endsWith('Whitelist') ? 'does not have' : 'has'} the kind.`,
      environments: realm.environment ? [realm.environment.name] : [],
      object: made.resource,
    });
  }
}
