import { apiVersionOf, type GroupVersionKind } from '../model/resource.ts';
import { saysSomething } from '../schemas/json-schema.ts';
import type { FieldType, KnownKind, Schemas } from '../schemas/type.ts';
import { isTyped } from './cursor.ts';
import type { Spot } from './spot.ts';
import { distinct, type Suggestion } from './suggestion.ts';

/** apiVersions, kinds, and whole new documents: every kind that the environment knows, those in use first. */
export function documentNames(spot: Spot, schemas: Schemas): Suggestion[] {
  const { path, cursor } = spot;
  if (path === 'apiVersion') return distinct(apiVersions(spot, schemas));
  if (path === 'kind') return distinct(kinds(spot, schemas));
  const { text, token, part } = cursor;
  const others = text.slice(0, token.start) + text.slice(token.end);
  const isNew = path === '' && part === 'either' && /^(?:\s*(?:#.*)?\n)*\s*(?:#.*)?$/.test(others);
  return isNew ? documents(spot, schemas) : [];
}

/** What an environment of the file has already is what will most likely come next. */
function ranks({ inventory }: Spot): (kind: Pick<GroupVersionKind, 'group' | 'kind'>) => 0 | 1 {
  const used = new Set(inventory.entries().map(({ facts }) => `${facts.group}/${facts.kind}`));
  return ({ group, kind }) => (used.has(`${group}/${kind}`) ? 0 : 1);
}

function apiVersions(spot: Spot, schemas: Schemas): Suggestion[] {
  const rank = ranks(spot);
  const wanted = spot.kind === '' || isTyped(spot.kind) ? undefined : spot.kind;
  const known = schemas.kinds();
  const fitting = known.filter(({ kind }) => wanted === undefined || kind === wanted);
  return (fitting.length > 0 ? fitting : known).map(kind => ({
    label: apiVersionOf(kind),
    detail: kind.kind,
    kind: 'value',
    rank: rank(kind),
  }));
}

function kinds(spot: Spot, schemas: Schemas): Suggestion[] {
  const rank = ranks(spot);
  const { apiVersion } = spot;
  const known = schemas.kinds();
  const fitting = known.filter(kind => apiVersion === '' || apiVersionOf(kind) === apiVersion);
  return (fitting.length > 0 ? fitting : known).map(kind => ({
    label: kind.kind,
    detail: originOf(kind),
    kind: 'value',
    rank: rank(kind),
  }));
}

function originOf(kind: KnownKind): string {
  return `${apiVersionOf(kind)}${kind.custom ? ' · custom resource' : ''}`;
}

/** Of each kind the first version, which is the most stable one. */
function documents(spot: Spot, schemas: Schemas): Suggestion[] {
  const rank = ranks(spot);
  const first = new Map<string, KnownKind>();
  for (const kind of schemas.kinds()) {
    const key = `${kind.group}/${kind.kind}`;
    if (!first.has(key)) first.set(key, kind);
  }
  return [...first.values()].map(kind => ({
    label: kind.kind,
    detail: originOf(kind),
    kind: 'document',
    rank: rank(kind),
    isSnippet: true,
    insert: newDocument(kind, schemas),
  }));
}

/** A new object with the fields that its kind requires, and with those that hardly anybody leaves out. */
export function newDocument(gvk: GroupVersionKind, schemas: Schemas): string {
  const head = [`apiVersion: ${apiVersionOf(gvk)}`, `kind: ${gvk.kind}`];
  const found = schemas.lookup(gvk);
  const writer = new Snippet();
  const fields = found.found ? found.kind.type.fields : undefined;
  if (!found.found || fields?.has('metadata')) head.push('metadata:', `  name: \${1:name}`);
  const rest = found.found ? writer.fields(found.kind.type, { indent: '', depth: 0 }) : [];
  return [...head, ...rest].join('\n');
}

interface At {
  indent: string;
  depth: number;
}

class Snippet {
  #next = 2;

  fields(type: FieldType, { indent, depth }: At): string[] {
    const names = wantedOf(type).filter(name => depth > 0 || !identity.has(name));
    return names.flatMap(name => {
      const field = type.fields?.get(name);
      return field ? this.#field(name, field, { indent, depth }) : [];
    });
  }

  #field(name: string, type: FieldType, { indent, depth }: At): string[] {
    const inner = { indent: `${indent}  `, depth: depth + 1 };
    if (type.kind === 'list' && type.element) {
      const [first = '', ...rest] = this.#value(type.element, inner);
      return [
        `${indent}${name}:`,
        `${indent}  - ${first.trimStart()}`,
        ...rest.map(each => `  ${each}`),
      ];
    }
    if (type.kind === 'map') return [`${indent}${name}:`, ...this.#value(type, inner)];
    return [`${indent}${name}: ${this.#scalar(name, type)}`];
  }

  #value(type: FieldType, at: At): string[] {
    if (type.kind !== 'map') return [`${at.indent}${this.#scalar('', type)}`];
    if (type.element?.kind === 'string' && !type.fields)
      return [`${at.indent}${labelKey}: \${1:name}`];
    const fields = at.depth > 8 ? [] : this.fields(type, at);
    return fields.length > 0 ? fields : [`${at.indent}${this.#stop('')}`];
  }

  #scalar(name: string, type: FieldType): string {
    if (name === 'name') return `\${1:name}`;
    if (type.enum && type.enum.length > 0)
      return `\${${this.#next++}|${type.enum.map(each => String(each).replace(/[,|\\}$]/g, '\\$&')).join(',')}|}`;
    return this.#stop(saysSomething(type.default) ? String(type.default) : '');
  }

  #stop(text: string): string {
    const number = this.#next++;
    return text === '' ? `$${number}` : `\${${number}:${text.replace(/[\\$}]/g, '\\$&')}}`;
  }
}

const identity = new Set(['apiVersion', 'kind', 'metadata', 'status']);
const labelKey = 'app.kubernetes.io/name';

/** Required fields, then the usual ones that are not. */
function wantedOf(type: FieldType): string[] {
  const name = type.ref?.slice(type.ref.lastIndexOf('.') + 1) ?? '';
  const known = usual[name];
  const required = type.required ?? [];
  const isObjectWithSpec = type.fields?.has('metadata') === true && type.fields.has('spec');
  const own = known ?? (isObjectWithSpec ? ['spec'] : []);
  return [...new Set([...own, ...required])].filter(each => type.fields?.has(each));
}

/** By the name of the type: what people write although nothing requires it. */
const usual: Record<string, string[]> = {
  ObjectMeta: ['labels'],
  LabelSelector: ['matchLabels'],
  Deployment: ['spec'],
  DeploymentSpec: ['replicas', 'selector', 'template'],
  StatefulSetSpec: ['serviceName', 'replicas', 'selector', 'template'],
  PodTemplateSpec: ['metadata', 'spec'],
  JobTemplateSpec: ['spec'],
  PodSpec: ['containers'],
  Container: ['name', 'image'],
  ServiceSpec: ['selector', 'ports'],
  ServicePort: ['name', 'port', 'targetPort'],
  ConfigMap: ['data'],
  Secret: ['stringData'],
  IngressSpec: ['ingressClassName', 'rules'],
  IngressRule: ['host', 'http'],
  HTTPIngressPath: ['path', 'pathType', 'backend'],
  IngressBackend: ['service'],
  IngressServiceBackend: ['name', 'port'],
  ServiceBackendPort: ['number'],
  PersistentVolumeClaimSpec: ['accessModes', 'resources'],
  VolumeResourceRequirements: ['requests'],
  HorizontalPodAutoscalerSpec: ['scaleTargetRef', 'minReplicas', 'maxReplicas'],
  PodDisruptionBudgetSpec: ['minAvailable', 'selector'],
  NetworkPolicySpec: ['podSelector', 'policyTypes'],
  Role: ['rules'],
  ClusterRole: ['rules'],
  PolicyRule: ['apiGroups', 'resources', 'verbs'],
  RoleBinding: ['roleRef', 'subjects'],
  ClusterRoleBinding: ['roleRef', 'subjects'],
};
