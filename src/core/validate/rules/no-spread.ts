import { podSpecOf } from './pod-spec.ts';
import { fieldOf } from './practice.ts';
import type { Rule } from './rule.ts';

/** Several replicas that may all land on one node, and fall with it. */
export const noSpread: Rule = {
  id: 'no-spread',
  severity: 'off',
  title: 'Replicas are spread over nodes',
  check(object) {
    const replicas = fieldOf(object, 'spec', 'replicas');
    const isWorkload = object.kind === 'Deployment' || object.kind === 'StatefulSet';
    const pod = podSpecOf(object);
    if (!isWorkload || !pod || typeof replicas !== 'number' || replicas < 2) return [];
    const { spec } = pod;
    const isSpread =
      fieldOf(spec, 'affinity', 'podAntiAffinity') !== undefined ||
      (Array.isArray(spec.topologySpreadConstraints) && spec.topologySpreadConstraints.length > 0);
    if (isSpread) return [];
    const message = `The ${replicas} replicas may all run on one node; add topologySpreadConstraints or a podAntiAffinity.`;
    return [{ pointer: ['spec', 'replicas'], message }];
  },
};
