import { basename } from 'node:path';

/** Programs that the tests are run against, built from one of the Go modules beside this file. */
export interface Part {
  name: string;
  /** The module's folder. */
  module: string;
  says: string;
  packages: string[];
  ldflags: string;
  tags?: string;
  /** Whether it needs a C compiler. */
  cgo?: boolean;
  /** Files and folders of Go modules that the programs need when they run, and where they are put. */
  data?: { from: string; path: string; to: string }[];
}

const kubernetes = 'k8s.io/component-base/version';
const argo = 'github.com/argoproj/argo-cd/v3';
const gitea = 'code.gitea.io/gitea';
const kwok = 'sigs.k8s.io/kwok';
const small = '-s -w';

/** Each part by its name, in the order in which they are built. */
export const parts = {
  kube: {
    name: 'kube',
    module: 'kube',
    says: 'a Kubernetes control plane and kubectl (about six minutes the first time, then kept)',
    packages: ['.'],
    ldflags: `${small} -X ${kubernetes}.gitVersion=v1.36.4 -X ${kubernetes}.gitMajor=1 -X ${kubernetes}.gitMinor=36`,
  },
  tools: {
    name: 'tools',
    module: 'tools',
    says: 'kustomize, helm and kubeconform (about a minute the first time, then kept)',
    packages: [
      'sigs.k8s.io/kustomize/kustomize/v5',
      'helm.sh/helm/v4/cmd/helm',
      'github.com/yannh/kubeconform/cmd/kubeconform',
    ],
    ldflags: small,
  },
  sops: {
    name: 'sops',
    module: 'sops',
    says: 'sops and age-keygen (about two minutes the first time, then kept)',
    packages: ['github.com/getsops/sops/v3/cmd/sops', 'filippo.io/age/cmd/age-keygen'],
    ldflags: `${small} -X github.com/getsops/sops/v3/version.Version=3.13.2`,
  },
  flux: {
    name: 'flux',
    module: 'flux',
    says: "Flux's controllers (about three minutes the first time, then kept)",
    packages: [
      './source',
      'github.com/fluxcd/kustomize-controller',
      'github.com/fluxcd/helm-controller',
    ],
    ldflags: small,
    data: ['source-controller@v1.9.5', 'kustomize-controller@v1.9.5', 'helm-controller@v1.6.4'].map(
      from => ({ from: `github.com/fluxcd/${from}`, path: 'config/crd/bases', to: 'crds' }),
    ),
  },
  kwok: {
    name: 'kwok',
    module: 'flux',
    says: 'kwok, which plays the nodes (about a minute the first time, then kept)',
    packages: [`${kwok}/cmd/kwok`],
    ldflags: small,
    data: [
      'node/fast/node-initialize.yaml',
      'node/heartbeat/node-heartbeat.yaml',
      'pod/fast/pod-ready.yaml',
      'pod/fast/pod-complete.yaml',
      'pod/fast/pod-delete.yaml',
    ].map(file => ({
      from: kwok,
      path: `kustomize/stage/${file}`,
      to: `stages/${basename(file)}`,
    })),
  },
  gitea: {
    name: 'gitea',
    module: 'gitea',
    says: 'Gitea, which needs a C compiler (about three minutes the first time, then kept)',
    packages: [gitea],
    ldflags: `${small} -X main.Version=1.26.4`,
    tags: 'sqlite,sqlite_unlock_notify',
    cgo: true,
    data: ['templates', 'options', 'public'].map(path => ({ from: gitea, path, to: path })),
  },
  argo: {
    name: 'argo',
    module: 'argo',
    says: 'Argo CD (about six minutes the first time, then kept)',
    packages: ['./redis', `${argo}/cmd`],
    ldflags: `${small} -X ${argo}/common.version=3.5.7`,
    data: [
      ...['application', 'applicationset', 'appproject'].map(kind => ({
        from: argo,
        path: `manifests/crds/${kind}-crd.yaml`,
        to: `crds/${kind}.yaml`,
      })),
      { from: argo, path: 'hack/git-verify-wrapper.sh', to: 'git-verify-wrapper.sh' },
    ],
  },
} satisfies Record<string, Part>;
