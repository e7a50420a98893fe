/**
 * Kinds that references name and that have no namespaces. Of kinds that are not listed, a reference finds the object
 * in a namespace.
 */
const clusterKinds = new Set([
  'Namespace',
  'Node',
  'PersistentVolume',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'cert-manager.io/ClusterIssuer',
  'external-secrets.io/ClusterSecretStore',
  'gateway.networking.k8s.io/GatewayClass',
  'generators.external-secrets.io/ClusterGenerator',
  'keda.sh/ClusterTriggerAuthentication',
  'kyverno.io/ClusterPolicy',
  'networking.k8s.io/IngressClass',
  'node.k8s.io/RuntimeClass',
  'policies.kyverno.io/ValidatingPolicy',
  'rbac.authorization.k8s.io/ClusterRole',
  'resource.k8s.io/DeviceClass',
  'scheduling.k8s.io/PriorityClass',
  'snapshot.storage.k8s.io/VolumeSnapshotClass',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/VolumeAttributesClass',
]);

/** True for a kind (`group/Kind`, or `Kind`) without namespaces. */
export function isClusterKind(kind: string): boolean {
  return clusterKinds.has(kind);
}
