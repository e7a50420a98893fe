import { isObject } from '../../model/resource.ts';
import type { Rule } from './rule.ts';

const first = 30000;
const last = 32767;

/** The API server allots node ports from a range; it is a flag, so that another one may be in use. */
export const nodePortRange: Rule = {
  id: 'node-port-range',
  severity: 'warning',
  title: 'Node ports lie in the default range',
  check(object) {
    if (object.kind !== 'Service' || object.apiVersion !== 'v1' || !isObject(object.spec))
      return [];
    const ports = Array.isArray(object.spec.ports) ? object.spec.ports : [];
    return ports.flatMap((port, index) => {
      const value = isObject(port) ? port.nodePort : undefined;
      if (typeof value !== 'number' || value === 0 || (value >= first && value <= last)) return [];
      return [
        {
          pointer: ['spec', 'ports', index, 'nodePort'],
          message: `nodePort ${value} is outside the default range ${first}-${last}, which an API server refuses unless it was started with another one.`,
        },
      ];
    });
  },
};
