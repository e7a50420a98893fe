import type { ChosenKind, ReferenceField, ReferenceFields } from '../field.ts';

const external = 'external-secrets.io';
const certificates = 'cert-manager.io';

const stores: ChosenKind = {
  kinds: [`${external}/SecretStore`, `${external}/ClusterSecretStore`],
  otherwise: `${external}/SecretStore`,
};

const issuers: ChosenKind = {
  kinds: [`${certificates}/Issuer`, `${certificates}/ClusterIssuer`],
  otherwise: `${certificates}/Issuer`,
};

const annotation = (name: string) => `metadata.annotations."${certificates}/${name}"`;

/** What an ExternalSecret says, also inside a ClusterExternalSecret. */
function externalSecret(at: string): ReferenceField[] {
  return [
    { path: `${at}.secretStoreRef.name`, to: stores },
    { path: `${at}.data[].sourceRef.storeRef.name`, to: stores },
    { path: `${at}.dataFrom[].sourceRef.storeRef.name`, to: stores },
    { path: `${at}.dataFrom[].sourceRef.generatorRef.name`, to: { kinds: [] } },
    { path: `${at}.target.template.templateFrom[].configMap.name`, to: 'ConfigMap' },
    { path: `${at}.target.template.templateFrom[].secret.name`, to: 'Secret' },
  ];
}

/** A store of one namespace finds its secrets there, one of the cluster where it says. */
const storeAuth: readonly ReferenceField[] = [
  'spec.provider.*.auth.secretRef.*.name',
  'spec.provider.*.auth.{tokenSecretRef,appRole.secretRef,userPass.secretRef,ldap.secretRef}.name',
  'spec.provider.*.auth.jwt.secretRef.name',
  'spec.provider.*.authSecretRef.*.name',
].map(path => ({ path, to: 'Secret', namespace: 'beside', key: 'key' }));

const solver = 'spec.acme.solvers[].dns01';

/** Of a ClusterIssuer, cert-manager reads them from a namespace that its own flags say. */
const issuerSecrets = (namespace: 'own' | 'any'): readonly ReferenceField[] =>
  [
    'spec.ca.secretName',
    `${solver}.*.{apiTokenSecretRef,apiKeySecretRef,secretAccessKeySecretRef,accessKeyIDSecretRef}.name`,
    `${solver}.*.{clientSecretSecretRef,serviceAccountSecretRef,tokenSecretRef,tsigSecretSecretRef}.name`,
    'spec.acme.externalAccountBinding.keySecretRef.name',
    'spec.vault.auth.{tokenSecretRef,appRole.secretRef,kubernetes.secretRef}.name',
    'spec.venafi.cloud.apiTokenSecretRef.name',
    'spec.venafi.tpp.credentialsRef.name',
  ].map(path => ({ path, to: 'Secret', namespace }));

/** external-secrets and cert-manager, by their CustomResourceDefinitions. */
export const secretReferences: readonly ReferenceFields[] = [
  { of: [`${external}/ExternalSecret`], fields: externalSecret('spec') },
  {
    of: [`${external}/ClusterExternalSecret`],
    fields: externalSecret('spec.externalSecretSpec').map(field => ({
      ...field,
      namespace: 'any',
    })),
  },
  {
    of: [`${external}/PushSecret`],
    fields: [
      { path: 'spec.secretStoreRefs[].name', to: stores },
      { path: 'spec.selector.secret.name', to: 'Secret' },
    ],
  },
  {
    of: [`${external}/SecretStore`, `${external}/ClusterSecretStore`],
    fields: [
      ...storeAuth,
      {
        path: 'spec.provider.*.auth.{jwt,kubernetes,workloadIdentity}.serviceAccountRef.name',
        to: 'ServiceAccount',
        namespace: 'beside',
      },
    ],
  },
  {
    of: [`${certificates}/Certificate`, `${certificates}/CertificateRequest`],
    fields: [
      { path: 'spec.issuerRef.name', to: issuers },
      { path: 'spec.keystores.{jks,pkcs12}.passwordSecretRef.name', to: 'Secret', key: 'key' },
    ],
  },
  { of: [`${certificates}/Issuer`], fields: issuerSecrets('own') },
  { of: [`${certificates}/ClusterIssuer`], fields: issuerSecrets('any') },
  {
    of: ['networking.k8s.io/Ingress', 'gateway.networking.k8s.io/Gateway'],
    fields: [
      { path: annotation('issuer'), to: `${certificates}/Issuer` },
      { path: annotation('cluster-issuer'), to: `${certificates}/ClusterIssuer` },
    ],
  },
];
