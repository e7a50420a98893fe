import type { ReferenceField, ReferenceFields } from '../field.ts';

const group = 'gateway.networking.k8s.io';

const service = { kinds: ['Service'], otherwise: 'Service' };

const mirrors: readonly ReferenceField[] = [
  'spec.rules[].filters[].requestMirror.backendRef.name',
  'spec.rules[].backendRefs[].filters[].requestMirror.backendRef.name',
].map(path => ({ path, to: service, namespace: 'beside' }));

/** Gateway API (gateway.networking.k8s.io), by its specification. */
export const gatewayReferences: readonly ReferenceFields[] = [
  {
    of: ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'].map(
      kind => `${group}/${kind}`,
    ),
    fields: [
      {
        path: 'spec.parentRefs[].name',
        to: { kinds: [`${group}/Gateway`, 'Service'], otherwise: `${group}/Gateway` },
        namespace: 'beside',
      },
      { path: 'spec.rules[].backendRefs[].name', to: service, namespace: 'beside' },
      ...mirrors,
      { path: 'spec.rules[].filters[].extensionRef.name', to: { kinds: [] } },
    ],
  },
  {
    of: [`${group}/Gateway`],
    fields: [
      { path: 'spec.gatewayClassName', to: `${group}/GatewayClass` },
      {
        path: 'spec.listeners[].tls.certificateRefs[].name',
        to: { kinds: ['Secret'], otherwise: 'Secret' },
        namespace: 'beside',
      },
    ],
  },
  {
    of: [`${group}/GatewayClass`],
    fields: [{ path: 'spec.parametersRef.name', to: { kinds: [] }, namespace: 'beside' }],
  },
  {
    of: [`${group}/BackendTLSPolicy`],
    fields: [
      { path: 'spec.targetRefs[].name', to: service },
      {
        path: 'spec.validation.caCertificateRefs[].name',
        to: { kinds: ['ConfigMap', 'Secret'] },
      },
    ],
  },
];
