import { kindText } from '../../links/field.ts';
import { objectAt, objectsAt, textAt, textsAt, valueAt } from '../../model/fields.ts';
import { type Item, mayShareNamespace, type World } from '../world.ts';

/** An object that is made out of another one: the Secret of an ExternalSecret. */
interface Product {
  kind: string;
  name: string;
  /** Empty for any. */
  namespace: string;
}

/** What objects make, where they say the name of it; certificates of listeners are made by whoever serves them. */
const products: Record<string, (item: Item) => Product[]> = {
  'external-secrets.io/ExternalSecret': item => [
    {
      kind: textAt(item.value, 'spec', 'target', 'manifest', 'kind') ?? 'Secret',
      name: textAt(item.value, 'spec', 'target', 'name') ?? item.name,
      namespace: item.namespace,
    },
  ],
  'external-secrets.io/ClusterExternalSecret': item => [
    {
      kind: 'Secret',
      name:
        textAt(item.value, 'spec', 'externalSecretSpec', 'target', 'name') ??
        textAt(item.value, 'spec', 'externalSecretName') ??
        item.name,
      namespace: '',
    },
  ],
  'bitnami.com/SealedSecret': item => [
    {
      kind: 'Secret',
      name: textAt(item.value, 'spec', 'template', 'metadata', 'name') ?? item.name,
      namespace: item.namespace,
    },
  ],
  'cert-manager.io/Certificate': item => secret(item, textAt(item.value, 'spec', 'secretName')),
  'cert-manager.io/Issuer': item => secret(item, accountKey(item)),
  'cert-manager.io/ClusterIssuer': item => secret({ ...item, namespace: '' }, accountKey(item)),
  'apps/StatefulSet': claimsOf,
  Service: item =>
    ['beta', 'alpha'].flatMap(stage =>
      secret(item, annotation(item, `service.${stage}.openshift.io/serving-cert-secret-name`)),
    ),
  'gateway.networking.k8s.io/Gateway': item =>
    objectsAt(item.value, 'spec', 'listeners').flatMap(listener =>
      objectsAt(listener, 'tls', 'certificateRefs').flatMap(reference =>
        secret(item, textAt(reference, 'name')),
      ),
    ),
  'networking.k8s.io/Ingress': item =>
    objectsAt(item.value, 'spec', 'tls').flatMap(tls => secret(item, textAt(tls, 'secretName'))),
};

function secret({ namespace }: Pick<Item, 'namespace'>, name: string | undefined): Product[] {
  return name === undefined ? [] : [{ kind: 'Secret', name, namespace }];
}

function accountKey({ value }: Item): string | undefined {
  return textAt(value, 'spec', 'acme', 'privateKeySecretRef', 'name');
}

function annotation({ value }: Item, key: string): string | undefined {
  return textAt(value, 'metadata', 'annotations', key);
}

/** `data-db-0`, `data-db-1`, …: a StatefulSet may be scaled. */
function claimsOf(item: Item): Product[] {
  return objectsAt(item.value, 'spec', 'volumeClaimTemplates').map(claim => ({
    kind: 'PersistentVolumeClaim',
    name: `${textAt(claim, 'metadata', 'name')}-${item.name}-`,
    namespace: item.namespace,
  }));
}

const cache = new WeakMap<World, Map<string, Product[]>>();

/** True where another object of the world makes this one, or is copied to its namespace. */
export function isProvided(world: World, kind: string, namespace: string, name: string): boolean {
  const known = cache.get(world) ?? byKindAndName(world);
  cache.set(world, known);
  const plain = kind === 'PersistentVolumeClaim' ? name.replace(/\d+$/, '') : name;
  const makers = known.get(`${kind}/${plain}`) ?? [];
  if (
    makers.some(
      maker => maker.namespace === '' || namespace === '' || maker.namespace === namespace,
    )
  )
    return true;
  return world.named(kind, name).some(isCopied) || isOfGateway(world, namespace, name);
}

/** Implementations of the Gateway API make a Service, a Deployment and more, named after the Gateway. */
function isOfGateway(world: World, namespace: string, name: string): boolean {
  return world
    .ofKind('gateway.networking.k8s.io/Gateway')
    .some(
      gateway => mayShareNamespace(gateway, { namespace }) && name.startsWith(`${gateway.name}-`),
    );
}

function byKindAndName(world: World): Map<string, Product[]> {
  const all = world.items.flatMap(item => products[kindText(item)]?.(item) ?? []);
  return Map.groupBy(all, ({ kind, name }) => `${kind}/${name}`);
}

/** reflector, replicator, kubed, kubernetes-replicator: they copy into other namespaces. */
function isCopied({ value }: Item): boolean {
  const annotations = objectAt(value, 'metadata', 'annotations') ?? {};
  return Object.keys(annotations).some(key => /reflect|replicat|kubed.*sync/.test(key));
}

/** True where something may put keys into this ConfigMap or Secret that are not written in it. */
export function isFilled({ kind, value }: Item): boolean {
  const data = ['data', 'stringData', 'binaryData'].flatMap(field =>
    Object.keys(objectAt(value, field) ?? {}),
  );
  if (data.length === 0) return true;
  if (kind === 'Secret') return textAt(value, 'type') === 'kubernetes.io/service-account-token';
  const marks = [
    ...Object.keys(objectAt(value, 'metadata', 'labels') ?? {}),
    ...Object.keys(objectAt(value, 'metadata', 'annotations') ?? {}),
  ];
  return marks.some(mark => /inject/.test(mark));
}

/** True where an object may be completed by another of the same name (ExternalSecret with `Merge`). */
export function isMerged(world: World, { kind, namespace, name }: Item): boolean {
  return isProvided(world, kind, namespace, name);
}

/** Kinds and verbs that a Role or ClusterRole grants on core objects: `create secrets`. */
export function grants({ value }: Item, verbs: readonly string[], plural: string): boolean {
  const rules = valueAt(value, 'rules');
  return objectsAt({ rules: rules ?? null }, 'rules').some(
    rule =>
      textsAt(rule, 'verbs').some(verb => verb === '*' || verbs.includes(verb)) &&
      textsAt(rule, 'resources').some(resource => resource === '*' || resource === plural),
  );
}
