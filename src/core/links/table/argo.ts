import type { ReferenceFields } from '../field.ts';

const group = 'argoproj.io';

/** Argo CD and Argo Rollouts, by their CustomResourceDefinitions. */
export const argoReferences: readonly ReferenceFields[] = [
  {
    of: [`${group}/Application`],
    fields: [
      // Projects are in Argo CD's own namespace, Applications perhaps in others.
      { path: 'spec.project', to: `${group}/AppProject`, namespace: 'any' },
      { path: 'spec.destination.namespace', to: 'Namespace', soft: true },
    ],
  },
  {
    of: [`${group}/ApplicationSet`],
    fields: [
      { path: 'spec.template.spec.project', to: `${group}/AppProject`, namespace: 'any' },
      { path: 'spec.template.spec.destination.namespace', to: 'Namespace', soft: true },
    ],
  },
  {
    of: [`${group}/Rollout`],
    fields: [
      { path: 'spec.workloadRef.name', to: { kinds: ['apps/Deployment', 'apps/ReplicaSet'] } },
      { path: 'spec.strategy.canary.{canaryService,stableService}', to: 'Service' },
      { path: 'spec.strategy.blueGreen.{activeService,previewService}', to: 'Service' },
      {
        path: 'spec.strategy.canary.trafficRouting.nginx.stableIngress',
        to: 'networking.k8s.io/Ingress',
      },
      {
        path: 'spec.strategy.canary.{analysis,steps[].analysis}.templates[].templateName',
        to: [`${group}/AnalysisTemplate`, `${group}/ClusterAnalysisTemplate`],
        namespace: 'any',
      },
      {
        path: 'spec.strategy.blueGreen.{prePromotionAnalysis,postPromotionAnalysis}.templates[].templateName',
        to: [`${group}/AnalysisTemplate`, `${group}/ClusterAnalysisTemplate`],
        namespace: 'any',
      },
    ],
  },
];
