import type { ReferenceField, ReferenceFields } from '../field.ts';

/** Kinds with a pod in them, and where its template stands: the map with `metadata` and `spec`. */
export const podTemplates: readonly { of: readonly string[]; path: string }[] = [
  { of: ['Pod'], path: '' },
  { of: ['PodTemplate'], path: 'template' },
  {
    of: [
      'ReplicationController',
      'apps/DaemonSet',
      'apps/Deployment',
      'apps/ReplicaSet',
      'apps/StatefulSet',
      'argoproj.io/Rollout',
      'batch/Job',
      'serving.knative.dev/Service',
    ],
    path: 'spec.template',
  },
  { of: ['batch/CronJob'], path: 'spec.jobTemplate.spec.template' },
  { of: ['keda.sh/ScaledJob'], path: 'spec.jobTargetRef.template' },
];

const containers = '{containers,initContainers,ephemeralContainers}[]';

/** Fields of `PodSpec` (core/v1) that name objects. */
const podFields: readonly ReferenceField[] = [
  { path: '{serviceAccountName,serviceAccount}', to: 'ServiceAccount' },
  { path: 'imagePullSecrets[].name', to: 'Secret' },
  { path: 'priorityClassName', to: 'scheduling.k8s.io/PriorityClass' },
  { path: 'runtimeClassName', to: 'node.k8s.io/RuntimeClass' },
  { path: 'resourceClaims[].resourceClaimName', to: 'resource.k8s.io/ResourceClaim' },
  {
    path: 'resourceClaims[].resourceClaimTemplateName',
    to: 'resource.k8s.io/ResourceClaimTemplate',
  },
  { path: 'volumes[].configMap.name', to: 'ConfigMap' },
  { path: 'volumes[].secret.secretName', to: 'Secret' },
  { path: 'volumes[].persistentVolumeClaim.claimName', to: 'PersistentVolumeClaim' },
  { path: 'volumes[].projected.sources[].configMap.name', to: 'ConfigMap' },
  { path: 'volumes[].projected.sources[].secret.name', to: 'Secret' },
  { path: 'volumes[].azureFile.secretName', to: 'Secret' },
  { path: 'volumes[].csi.nodePublishSecretRef.name', to: 'Secret' },
  {
    path: 'volumes[].{cephfs,flexVolume,iscsi,rbd,scaleIO,storageos}.secretRef.name',
    to: 'Secret',
  },
  {
    path: 'volumes[].ephemeral.volumeClaimTemplate.spec.storageClassName',
    to: 'storage.k8s.io/StorageClass',
  },
  { path: `${containers}.env[].valueFrom.configMapKeyRef.name`, to: 'ConfigMap', key: 'key' },
  { path: `${containers}.env[].valueFrom.secretKeyRef.name`, to: 'Secret', key: 'key' },
  { path: `${containers}.envFrom[].configMapRef.name`, to: 'ConfigMap' },
  { path: `${containers}.envFrom[].secretRef.name`, to: 'Secret' },
];

export const podReferences: readonly ReferenceFields[] = podTemplates.map(({ of, path }) => ({
  of,
  fields: podFields.map(field => ({
    ...field,
    path: `${path === '' ? '' : `${path}.`}spec.${field.path}`,
  })),
}));
