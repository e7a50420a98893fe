import type { ChosenKind, ReferenceField, ReferenceFields } from '../field.ts';

const source = 'source.toolkit.fluxcd.io';
const kustomization = 'kustomize.toolkit.fluxcd.io/Kustomization';
const release = 'helm.toolkit.fluxcd.io/HelmRelease';
const image = 'image.toolkit.fluxcd.io';
const notification = 'notification.toolkit.fluxcd.io';

const sources: ChosenKind = {
  kinds: ['GitRepository', 'OCIRepository', 'Bucket', 'HelmRepository', 'HelmChart']
    .map(kind => `${source}/${kind}`)
    .concat(`${source}/ExternalArtifact`),
};

const data: ChosenKind = { kinds: ['ConfigMap', 'Secret'] };

const events: ChosenKind = {
  kinds: [
    ...sources.kinds,
    kustomization,
    release,
    `${image}/ImageRepository`,
    `${image}/ImagePolicy`,
    `${image}/ImageUpdateAutomation`,
  ],
};

const account: ReferenceField = { path: 'spec.serviceAccountName', to: 'ServiceAccount' };
const kubeConfig: ReferenceField = { path: 'spec.kubeConfig.secretRef.name', to: 'Secret' };

function secretsAt(...paths: string[]): ReferenceField[] {
  return paths.map(path => ({ path: `spec.${path}.name`, to: 'Secret' }));
}

/** Flux, by the API references of its controllers. */
export const fluxReferences: readonly ReferenceFields[] = [
  {
    of: [kustomization],
    fields: [
      { path: 'spec.sourceRef.name', to: sources, namespace: 'beside' },
      { path: 'spec.dependsOn[].name', to: kustomization, namespace: 'beside' },
      { path: 'spec.postBuild.substituteFrom[].name', to: data },
      // Health checks wait for what the build applies, of whatever kind.
      { path: 'spec.healthChecks[].name', to: { kinds: [] }, namespace: 'beside' },
      ...secretsAt('decryption.secretRef'),
      kubeConfig,
      account,
    ],
  },
  {
    of: [release],
    fields: [
      { path: 'spec.chart.spec.sourceRef.name', to: sources, namespace: 'beside' },
      { path: 'spec.chartRef.name', to: sources, namespace: 'beside' },
      { path: 'spec.dependsOn[].name', to: release, namespace: 'beside' },
      { path: 'spec.valuesFrom[].name', to: data, key: 'valuesKey' },
      ...secretsAt('chart.spec.verify.secretRef'),
      kubeConfig,
      account,
    ],
  },
  {
    of: [`${source}/HelmChart`],
    fields: [{ path: 'spec.sourceRef.name', to: sources }, ...secretsAt('verify.secretRef')],
  },
  {
    of: [`${source}/GitRepository`],
    fields: [
      ...secretsAt('secretRef', 'verify.secretRef', 'proxySecretRef'),
      { path: 'spec.include[].repository.name', to: `${source}/GitRepository` },
    ],
  },
  {
    of: ['OCIRepository', 'HelmRepository', 'Bucket'].map(kind => `${source}/${kind}`),
    fields: [
      ...secretsAt('secretRef', 'certSecretRef', 'proxySecretRef', 'verify.secretRef'),
      account,
    ],
  },
  {
    of: [`${image}/ImageRepository`],
    fields: [...secretsAt('secretRef', 'certSecretRef', 'proxySecretRef'), account],
  },
  {
    of: [`${image}/ImagePolicy`],
    fields: [
      {
        path: 'spec.imageRepositoryRef.name',
        to: `${image}/ImageRepository`,
        namespace: 'beside',
      },
    ],
  },
  {
    of: [`${image}/ImageUpdateAutomation`],
    fields: [
      {
        path: 'spec.sourceRef.name',
        to: { ...sources, otherwise: `${source}/GitRepository` },
        namespace: 'beside',
      },
    ],
  },
  {
    of: [`${notification}/Alert`],
    fields: [
      { path: 'spec.providerRef.name', to: `${notification}/Provider` },
      { path: 'spec.eventSources[].name', to: events, namespace: 'beside' },
    ],
  },
  {
    of: [`${notification}/Provider`],
    fields: secretsAt('secretRef', 'certSecretRef'),
  },
  {
    of: [`${notification}/Receiver`],
    fields: [
      ...secretsAt('secretRef'),
      { path: 'spec.resources[].name', to: events, namespace: 'beside' },
    ],
  },
];
