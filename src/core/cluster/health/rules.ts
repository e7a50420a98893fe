import type { Resource } from '../../model/resource.ts';
import { application, applicationSet, rollout, workflow } from './argo.ts';
import { gateway, gatewayClass, ingress, route, service } from './network.ts';
import {
  acme,
  certificate,
  certificateRequest,
  clusterExternalSecret,
  crossplane,
  expectsReady,
  fluxSource,
  helmRepository,
  prometheus,
  scaledObject,
  sealedSecret,
} from './operators.ts';
import { cronJob, job, pod } from './pods.ts';
import {
  apiService,
  customResourceDefinition,
  horizontalPodAutoscaler,
  persistentVolume,
  persistentVolumeClaim,
  podDisruptionBudget,
} from './standing.ts';
import type { HealthRule } from './verdict.ts';
import { daemonSet, deployment, replicaSet, statefulSet } from './workloads.ts';

/** The rule of a kind, whatever its version; undefined where only the general rules hold. */
export function ruleOf({ group, kind }: Pick<Resource, 'group' | 'kind'>): HealthRule | undefined {
  const rule = rules.get(`${group}/${kind}`);
  if (rule) return rule;
  return /(^|\.)(crossplane|upbound)\.io$/.test(group) ? crossplane : undefined;
}

const rules = new Map<string, HealthRule>([
  ['apps/Deployment', deployment],
  ['apps/StatefulSet', statefulSet],
  ['apps/DaemonSet', daemonSet],
  ['apps/ReplicaSet', replicaSet],
  ['/Pod', pod],
  ['batch/Job', job],
  ['batch/CronJob', cronJob],
  ['/Service', service],
  ['networking.k8s.io/Ingress', ingress],
  ['gateway.networking.k8s.io/GatewayClass', gatewayClass],
  ['gateway.networking.k8s.io/Gateway', gateway],
  ...each('gateway.networking.k8s.io', ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'], route),
  ['/PersistentVolumeClaim', persistentVolumeClaim],
  ['/PersistentVolume', persistentVolume],
  ['autoscaling/HorizontalPodAutoscaler', horizontalPodAutoscaler],
  ['policy/PodDisruptionBudget', podDisruptionBudget],
  ['apiextensions.k8s.io/CustomResourceDefinition', customResourceDefinition],
  ['apiregistration.k8s.io/APIService', apiService],
  ['argoproj.io/Application', application],
  ['argoproj.io/ApplicationSet', applicationSet],
  ['argoproj.io/Rollout', rollout],
  ['argoproj.io/Workflow', workflow],
  ['kustomize.toolkit.fluxcd.io/Kustomization', expectsReady],
  ['helm.toolkit.fluxcd.io/HelmRelease', expectsReady],
  ['source.toolkit.fluxcd.io/HelmRepository', helmRepository],
  ...each(
    'source.toolkit.fluxcd.io',
    ['GitRepository', 'OCIRepository', 'Bucket', 'HelmChart'],
    fluxSource,
  ),
  ...each(
    'image.toolkit.fluxcd.io',
    ['ImageRepository', 'ImagePolicy', 'ImageUpdateAutomation'],
    expectsReady,
  ),
  ['notification.toolkit.fluxcd.io/Receiver', expectsReady],
  ...each(
    'fluxcd.controlplane.io',
    ['FluxInstance', 'ResourceSet', 'ResourceSetInputProvider'],
    expectsReady,
  ),
  ['cert-manager.io/Certificate', certificate],
  ['cert-manager.io/CertificateRequest', certificateRequest],
  ...each('cert-manager.io', ['Issuer', 'ClusterIssuer'], expectsReady),
  ...each('acme.cert-manager.io', ['Order', 'Challenge'], acme),
  ...each(
    'external-secrets.io',
    ['ExternalSecret', 'SecretStore', 'ClusterSecretStore', 'PushSecret'],
    expectsReady,
  ),
  ['external-secrets.io/ClusterExternalSecret', clusterExternalSecret],
  ['bitnami.com/SealedSecret', sealedSecret],
  ...each('keda.sh', ['ScaledObject', 'ScaledJob'], scaledObject),
  ...each(
    'monitoring.coreos.com',
    ['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler'],
    prometheus,
  ),
  ...each('kyverno.io', ['Policy', 'ClusterPolicy'], expectsReady),
]);

function each(group: string, kinds: string[], rule: HealthRule): [string, HealthRule][] {
  return kinds.map(kind => [`${group}/${kind}`, rule]);
}
