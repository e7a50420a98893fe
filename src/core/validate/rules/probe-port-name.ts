import type { Pointer } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import { nearestName } from '../../schemas/nearest.ts';
import { valueAt } from '../value.ts';
import { containersOf } from './pod-spec.ts';
import type { Rule, RuleViolation } from './rule.ts';

const handlers: Pointer[] = ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap(probe => [
  [probe, 'httpGet', 'port'],
  [probe, 'tcpSocket', 'port'],
]);
const hooks: Pointer[] = ['postStart', 'preStop'].flatMap(hook => [
  ['lifecycle', hook, 'httpGet', 'port'],
  ['lifecycle', hook, 'tcpSocket', 'port'],
]);

/** The kubelet looks a port's name up among the ports of the same container; the API server does not. */
export const probePortName: Rule = {
  id: 'unknown-port',
  severity: 'warning',
  title: 'Probes name a port that their container has',
  check(object) {
    return containersOf(object).flatMap(({ container, pointer }) => {
      const names = portNames(container);
      return [...handlers, ...hooks].flatMap(path => {
        const port = valueAt(container, path);
        return problem([...pointer, ...path], port, names, container.name);
      });
    });
  },
};

function portNames(container: JsonObject): string[] {
  const ports = Array.isArray(container.ports) ? container.ports : [];
  return ports.flatMap(port =>
    isObject(port) && typeof port.name === 'string' ? [port.name] : [],
  );
}

function problem(
  pointer: Pointer,
  port: Json | undefined,
  names: string[],
  container: Json | undefined,
): RuleViolation[] {
  // The kubelet reads digits as a number.
  if (typeof port !== 'string' || /^\d+$/.test(port) || names.includes(port)) return [];
  const near = nearestName(port, names) ?? (names.length === 1 ? names[0] : undefined);
  const hint = near === undefined ? '.' : `; did you mean ${near}?`;
  const probe = pointer.find(step => `${step}`.endsWith('Probe')) ?? 'lifecycle hook';
  const message = `The ${probe} of container ${container} names the port "${port}", which the container does not have${hint}`;
  return [near === undefined ? { pointer, message } : { pointer, message, fix: `Write ${near}.` }];
}
