import type { ReferenceFields } from '../field.ts';
import { argoReferences } from './argo.ts';
import { fluxReferences } from './flux.ts';
import { gatewayReferences } from './gateway.ts';
import { kubernetesReferences } from './kubernetes.ts';
import { operatorReferences } from './operators.ts';
import { podReferences } from './pods.ts';
import { secretReferences } from './secrets.ts';

/** Every field that is known to name an object: to add one, add a line to its file. */
export const referenceFields: readonly ReferenceFields[] = [
  ...podReferences,
  ...kubernetesReferences,
  ...gatewayReferences,
  ...fluxReferences,
  ...argoReferences,
  ...secretReferences,
  ...operatorReferences,
];
