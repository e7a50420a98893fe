import type { ReferenceField, ReferenceFields } from '../field.ts';

const monitoring = 'monitoring.coreos.com';
const keda = 'keda.sh';

const endpoint = '{spec.endpoints[],spec.podMetricsEndpoints[],spec}';

const scrapeSecrets: readonly ReferenceField[] = [
  { path: `${endpoint}.basicAuth.{username,password}.name`, to: 'Secret', key: 'key' },
  {
    path: `${endpoint}.{bearerTokenSecret,authorization.credentials}.name`,
    to: 'Secret',
    key: 'key',
  },
  { path: `${endpoint}.tlsConfig.keySecret.name`, to: 'Secret', key: 'key' },
  { path: `${endpoint}.tlsConfig.{ca,cert}.secret.name`, to: 'Secret', key: 'key' },
  { path: `${endpoint}.tlsConfig.{ca,cert}.configMap.name`, to: 'ConfigMap', key: 'key' },
  { path: `${endpoint}.oauth2.clientSecret.name`, to: 'Secret', key: 'key' },
  { path: `${endpoint}.oauth2.clientId.secret.name`, to: 'Secret', key: 'key' },
  { path: `${endpoint}.oauth2.clientId.configMap.name`, to: 'ConfigMap', key: 'key' },
];

const traefik = ['traefik.io', 'traefik.containo.us'];

/** Prometheus Operator, KEDA, Kyverno, Traefik and MetalLB, by their CustomResourceDefinitions. */
export const operatorReferences: readonly ReferenceFields[] = [
  {
    of: ['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler'].map(
      kind => `${monitoring}/${kind}`,
    ),
    fields: [
      // The operator's charts let it make the account of the same name.
      { path: 'spec.serviceAccountName', to: 'ServiceAccount' },
      { path: 'spec.secrets[]', to: 'Secret' },
      { path: 'spec.configMaps[]', to: 'ConfigMap' },
      { path: 'spec.imagePullSecrets[].name', to: 'Secret' },
      { path: 'spec.priorityClassName', to: 'scheduling.k8s.io/PriorityClass' },
      { path: 'spec.configSecret', to: 'Secret' },
      {
        path: 'spec.{additionalScrapeConfigs,additionalAlertManagerConfigs,additionalAlertRelabelConfigs}.name',
        to: 'Secret',
        key: 'key',
      },
      {
        path: 'spec.alertmanagerConfiguration.name',
        to: `${monitoring}/AlertmanagerConfig`,
      },
      // The operator itself makes the Service of an Alertmanager.
      {
        path: 'spec.alerting.alertmanagers[].name',
        to: 'Service',
        namespace: 'beside',
        soft: true,
      },
      {
        path: 'spec.storage.volumeClaimTemplate.spec.storageClassName',
        to: 'storage.k8s.io/StorageClass',
      },
    ],
  },
  {
    of: ['ServiceMonitor', 'PodMonitor', 'Probe', 'ScrapeConfig'].map(
      kind => `${monitoring}/${kind}`,
    ),
    fields: scrapeSecrets,
  },
  {
    of: [`${keda}/ScaledObject`],
    fields: [
      {
        path: 'spec.scaleTargetRef.name',
        to: {
          kinds: ['apps/Deployment', 'apps/StatefulSet', 'argoproj.io/Rollout'],
          otherwise: 'apps/Deployment',
        },
      },
    ],
  },
  {
    of: [`${keda}/ScaledObject`, `${keda}/ScaledJob`],
    fields: [
      {
        path: 'spec.triggers[].authenticationRef.name',
        to: {
          kinds: [`${keda}/TriggerAuthentication`, `${keda}/ClusterTriggerAuthentication`],
          otherwise: `${keda}/TriggerAuthentication`,
        },
      },
    ],
  },
  {
    of: [`${keda}/TriggerAuthentication`],
    fields: [
      { path: 'spec.secretTargetRef[].name', to: 'Secret', key: 'key' },
      { path: 'spec.configMapTargetRef[].name', to: 'ConfigMap', key: 'key' },
    ],
  },
  {
    of: [`${keda}/ClusterTriggerAuthentication`],
    fields: [
      // In the namespace of the operator.
      { path: 'spec.secretTargetRef[].name', to: 'Secret', key: 'key', namespace: 'any' },
      { path: 'spec.configMapTargetRef[].name', to: 'ConfigMap', key: 'key', namespace: 'any' },
    ],
  },
  {
    of: ['kyverno.io/PolicyException'],
    fields: [
      {
        path: 'spec.exceptions[].policyName',
        to: ['kyverno.io/ClusterPolicy', 'kyverno.io/Policy'],
        namespace: 'any',
      },
    ],
  },
  ...traefik.map(group => ({
    of: [`${group}/IngressRoute`],
    fields: [
      {
        path: 'spec.routes[].services[].name',
        to: { kinds: ['Service', `${group}/TraefikService`], otherwise: 'Service' },
        namespace: 'beside' as const,
      },
      {
        path: 'spec.routes[].middlewares[].name',
        to: `${group}/Middleware`,
        namespace: 'beside' as const,
      },
      { path: 'spec.tls.secretName', to: 'Secret' },
    ],
  })),
  {
    of: ['metallb.io/L2Advertisement', 'metallb.io/BGPAdvertisement'],
    fields: [{ path: 'spec.ipAddressPools[]', to: 'metallb.io/IPAddressPool' }],
  },
];
