import type { ChosenKind, ReferenceField, ReferenceFields } from '../field.ts';

const rbac = 'rbac.authorization.k8s.io';

/** What can be scaled, as `autoscaling` and KEDA name it. */
const scaled: ChosenKind = {
  kinds: ['apps/Deployment', 'apps/ReplicaSet', 'apps/StatefulSet', 'argoproj.io/Rollout'],
};

const driverSecrets: readonly ReferenceField[] = [
  {
    path: 'spec.csi.{controllerPublish,nodeStage,nodePublish,controllerExpand,nodeExpand}SecretRef.name',
    to: 'Secret',
    namespace: 'beside',
  },
];

/** Fields of Kubernetes' own kinds outside of pods, by its API reference. */
export const kubernetesReferences: readonly ReferenceFields[] = [
  { of: ['*'], fields: [{ path: 'metadata.namespace', to: 'Namespace', soft: true }] },
  {
    of: ['apps/StatefulSet'],
    fields: [
      { path: 'spec.serviceName', to: 'Service' },
      {
        path: 'spec.volumeClaimTemplates[].spec.storageClassName',
        to: 'storage.k8s.io/StorageClass',
      },
    ],
  },
  {
    of: ['ServiceAccount'],
    fields: [
      { path: 'secrets[].name', to: 'Secret' },
      { path: 'imagePullSecrets[].name', to: 'Secret' },
    ],
  },
  {
    of: ['Secret'],
    fields: [
      {
        path: 'metadata.annotations."kubernetes.io/service-account.name"',
        to: 'ServiceAccount',
      },
    ],
  },
  {
    of: ['PersistentVolumeClaim'],
    fields: [
      { path: 'spec.storageClassName', to: 'storage.k8s.io/StorageClass' },
      { path: 'spec.volumeName', to: 'PersistentVolume' },
      {
        path: 'spec.dataSource.name',
        to: { kinds: ['PersistentVolumeClaim', 'snapshot.storage.k8s.io/VolumeSnapshot'] },
      },
      {
        path: 'spec.dataSourceRef.name',
        to: { kinds: ['PersistentVolumeClaim', 'snapshot.storage.k8s.io/VolumeSnapshot'] },
        namespace: 'beside',
      },
    ],
  },
  {
    of: ['PersistentVolume'],
    fields: [
      { path: 'spec.storageClassName', to: 'storage.k8s.io/StorageClass', soft: true },
      { path: 'spec.claimRef.name', to: 'PersistentVolumeClaim', namespace: 'beside', soft: true },
      ...driverSecrets,
    ],
  },
  {
    of: ['networking.k8s.io/Ingress'],
    fields: [
      { path: 'spec.ingressClassName', to: 'networking.k8s.io/IngressClass' },
      {
        path: 'metadata.annotations."kubernetes.io/ingress.class"',
        to: 'networking.k8s.io/IngressClass',
        soft: true,
      },
      { path: 'spec.tls[].secretName', to: 'Secret' },
      { path: 'spec.defaultBackend.service.name', to: 'Service' },
      { path: 'spec.rules[].http.paths[].backend.service.name', to: 'Service' },
      { path: 'spec.defaultBackend.resource.name', to: { kinds: [] } },
      { path: 'spec.rules[].http.paths[].backend.resource.name', to: { kinds: [] } },
    ],
  },
  {
    of: ['networking.k8s.io/IngressClass'],
    fields: [{ path: 'spec.parameters.name', to: { kinds: [] }, namespace: 'beside', soft: true }],
  },
  {
    of: [`${rbac}/RoleBinding`, `${rbac}/ClusterRoleBinding`],
    fields: [
      { path: 'roleRef.name', to: { kinds: [`${rbac}/Role`, `${rbac}/ClusterRole`] } },
      {
        path: 'subjects[].name',
        to: { kinds: ['ServiceAccount'], only: true },
        namespace: 'beside',
      },
    ],
  },
  {
    of: ['autoscaling/HorizontalPodAutoscaler'],
    fields: [
      { path: 'spec.scaleTargetRef.name', to: scaled },
      { path: 'spec.metrics[].object.describedObject.name', to: { kinds: ['Service'] } },
    ],
  },
  {
    of: ['autoscaling.k8s.io/VerticalPodAutoscaler'],
    fields: [{ path: 'spec.targetRef.name', to: scaled }],
  },
  {
    of: [
      'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
      'admissionregistration.k8s.io/MutatingWebhookConfiguration',
    ],
    fields: [{ path: 'webhooks[].clientConfig.service.name', to: 'Service', namespace: 'beside' }],
  },
  {
    of: ['admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding'],
    fields: [
      { path: 'spec.policyName', to: 'admissionregistration.k8s.io/ValidatingAdmissionPolicy' },
    ],
  },
  {
    of: ['admissionregistration.k8s.io/MutatingAdmissionPolicyBinding'],
    fields: [
      { path: 'spec.policyName', to: 'admissionregistration.k8s.io/MutatingAdmissionPolicy' },
    ],
  },
  {
    of: ['apiregistration.k8s.io/APIService'],
    fields: [{ path: 'spec.service.name', to: 'Service', namespace: 'beside' }],
  },
  {
    of: ['apiextensions.k8s.io/CustomResourceDefinition'],
    fields: [
      {
        path: 'spec.conversion.webhook.clientConfig.service.name',
        to: 'Service',
        namespace: 'beside',
      },
    ],
  },
  {
    of: ['snapshot.storage.k8s.io/VolumeSnapshot'],
    fields: [
      {
        path: 'spec.volumeSnapshotClassName',
        to: 'snapshot.storage.k8s.io/VolumeSnapshotClass',
      },
      { path: 'spec.source.persistentVolumeClaimName', to: 'PersistentVolumeClaim' },
    ],
  },
];
