/** Where CustomResourceDefinitions of a product come from: a Go module, as its authors publish it. */
export interface CrdModule {
  module: string;
  version: string;
  /** Folders of plain definitions in it; without, they are made of its Go types by controller-gen. */
  folders?: readonly string[];
}

export interface AddedValues {
  kind: string;
  /** Fields from the top; `items` for what a list holds. */
  field: readonly string[];
  values: readonly string[];
}

export interface Product {
  name: string;
  /** As people know it; what messages say. */
  version: string;
  modules: readonly CrdModule[];
  /** By group: versions that were given up long ago. */
  former?: Readonly<Record<string, readonly string[]>>;
  /** By group: versions that releases served which many clusters still run. */
  lately?: Readonly<Record<string, readonly string[]>>;
  /** Values that another product adds to an enum when it installs this one. */
  added?: readonly AddedValues[];
}

/** Makes definitions of Go types, as the projects themselves do. */
export const controllerTools = {
  module: 'sigs.k8s.io/controller-tools',
  version: 'v0.21.0',
} as const;

const operatorKinds = ['FluxInstance', 'ResourceSet', 'ResourceSetInputProvider'];

/** All that come with Driftline: to take a newer release, change its version here and run build-schemas. */
export const products: readonly Product[] = [
  {
    name: 'Flux',
    version: '2.10',
    modules: [
      plain('github.com/fluxcd/source-controller', 'v1.10.1', 'config/crd/bases'),
      plain('github.com/fluxcd/kustomize-controller', 'v1.10.1', 'config/crd/bases'),
      { module: 'github.com/fluxcd/helm-controller/api', version: 'v1.7.1' },
      { module: 'github.com/fluxcd/notification-controller/api', version: 'v1.10.0' },
      { module: 'github.com/fluxcd/image-reflector-controller/api', version: 'v1.3.0' },
      { module: 'github.com/fluxcd/image-automation-controller/api', version: 'v1.3.0' },
      { module: 'github.com/fluxcd/source-watcher/api/v2', version: 'v2.3.1' },
    ],
    former: {
      'source.toolkit.fluxcd.io': ['v1alpha1', 'v1beta1'],
      'kustomize.toolkit.fluxcd.io': ['v1alpha1', 'v1beta1'],
      'helm.toolkit.fluxcd.io': ['v2alpha1', 'v2beta1'],
      'notification.toolkit.fluxcd.io': ['v1alpha1', 'v1beta1'],
      'image.toolkit.fluxcd.io': ['v1alpha1', 'v1alpha2', 'v1beta1'],
    },
    lately: {
      'source.toolkit.fluxcd.io': ['v1beta2'],
      'kustomize.toolkit.fluxcd.io': ['v1beta2'],
      'helm.toolkit.fluxcd.io': ['v2beta2'],
      'notification.toolkit.fluxcd.io': ['v1beta2', 'v1beta3'],
      'image.toolkit.fluxcd.io': ['v1beta2'],
    },
    // The Flux Operator patches them in.
    added: [
      { kind: 'Alert', field: ['spec', 'eventSources', 'items', 'kind'], values: operatorKinds },
      { kind: 'Receiver', field: ['spec', 'resources', 'items', 'kind'], values: operatorKinds },
    ],
  },
  {
    name: 'Argo CD',
    version: '3.6',
    modules: [plain('github.com/argoproj/argo-cd/v3', 'v3.6.1', 'manifests/crds')],
  },
  {
    name: 'Argo Rollouts',
    version: '1.10',
    modules: [plain('github.com/argoproj/argo-rollouts', 'v1.10.2', 'manifests/crds')],
  },
  {
    name: 'cert-manager',
    version: '1.21',
    modules: [plain('github.com/cert-manager/cert-manager', 'v1.21.2', 'deploy/crds')],
    former: {
      'cert-manager.io': ['v1alpha2', 'v1alpha3', 'v1beta1'],
      'acme.cert-manager.io': ['v1alpha2', 'v1alpha3', 'v1beta1'],
    },
  },
  {
    name: 'External Secrets Operator',
    version: '1.3',
    modules: [plain('github.com/external-secrets/external-secrets', 'v1.3.2', 'config/crds/bases')],
    former: { 'external-secrets.io': ['v1alpha1'] },
    lately: { 'external-secrets.io': ['v1beta1'] },
  },
  {
    name: 'Prometheus Operator',
    version: '0.94',
    modules: [
      {
        module: 'github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring',
        version: 'v0.94.1',
      },
    ],
  },
  {
    name: 'Gateway API',
    version: '1.7',
    // The experimental channel has the fields and kinds of the standard one too.
    modules: [plain('sigs.k8s.io/gateway-api', 'v1.7.0', 'config/crd/experimental')],
    former: { 'gateway.networking.k8s.io': ['v1alpha1'] },
    lately: { 'gateway.networking.k8s.io': ['v1alpha2', 'v1beta1', 'v1alpha3'] },
  },
  {
    name: 'KEDA',
    version: '2.21',
    modules: [plain('github.com/kedacore/keda/v2', 'v2.21.0', 'config/crd/bases')],
  },
  {
    name: 'Kyverno',
    version: '1.19',
    modules: [
      plain(
        'github.com/kyverno/kyverno',
        'v1.19.1',
        'config/crds/kyverno',
        'config/crds/policies.kyverno.io',
      ),
    ],
    former: { 'kyverno.io': ['v1alpha1', 'v1alpha2'] },
    lately: { 'kyverno.io': ['v1beta1', 'v2alpha1', 'v2beta1'] },
  },
  {
    name: 'Sealed Secrets',
    version: '0.40',
    modules: [
      plain('github.com/bitnami-labs/sealed-secrets', 'v0.40.0', 'helm/sealed-secrets/crds'),
    ],
  },
];

function plain(module: string, version: string, ...folders: string[]): CrdModule {
  return { module, version, folders };
}
