import { isObject, type JsonObject } from '../../model/resource.ts';
import { listAt, objectAt } from '../facts.ts';
import type { Entry } from '../inventory.ts';
import { mapAbove, type Spot } from '../spot.ts';
import type { Suggestion } from '../suggestion.ts';
import { originOf, rankOf } from './entries.ts';

/** Ports: of the Service that is named beside, of the pods that a Service selects, of the container itself. */
export function portNames(spot: Spot): Suggestion[] {
  if (spot.cursor.part === 'key') return [];
  const { path, kind } = spot;
  if (/(?:^|\.)service\.port\.(?:name|number)$/.test(path))
    return ofService(spot, mapAbove(spot, 2).name, path.endsWith('name') ? 'name' : 'port');
  if (/(?:backendRefs\[\]|backendRef)\.port$/.test(path))
    return ofService(spot, mapAbove(spot, 1).name, 'port');
  if (kind === 'Service' && path === 'spec.ports[].targetPort') return ofPods(spot);
  if (/(?:httpGet|tcpSocket|grpc)\.port$/.test(path)) return ofContainer(spot);
  if (/(?:Monitor)$/.test(kind) && /ndpoints\[\]\.port$/.test(path)) return ofAny(spot);
  return [];
}

function ofService(spot: Spot, name: unknown, what: 'name' | 'port'): Suggestion[] {
  return services(spot)
    .filter(({ facts }) => facts.name === name)
    .flatMap(entry =>
      entry.facts.ports.flatMap(({ name: portName, port }) => {
        const label = what === 'name' ? portName : port;
        if (label === undefined) return [];
        const other = what === 'name' ? port : portName;
        const detail = `port ${other ?? ''} of Service ${entry.facts.name}`.replace('  ', ' ');
        return [portOf(String(label), detail, entry, spot)];
      }),
    );
}

function services({ inventory }: Spot): Entry[] {
  return inventory
    .entries()
    .filter(({ facts: { kind, group } }) => kind === 'Service' && group === '');
}

/** The ports of workloads that have the labels which the Service selects. */
function ofPods(spot: Spot): Suggestion[] {
  const selector = Object.entries(objectAt(objectAt(spot.object, 'spec'), 'selector'));
  const isSelected = ({ facts }: Entry) =>
    selector.every(([key, value]) => facts.labels.some(([k, v]) => k === key && v === value));
  return spot.inventory
    .entries()
    .filter(({ facts }) => facts.kind !== 'Service' && facts.ports.length > 0)
    .filter(isSelected)
    .flatMap(entry =>
      entry.facts.ports.flatMap(({ name, port }) => {
        const { kind, name: owner } = entry.facts;
        const detail = `port ${name === undefined ? '' : port} of ${kind} ${owner}`;
        const label = name ?? port;
        return label === undefined
          ? []
          : [portOf(String(label), detail.replace('  ', ' '), entry, spot)];
      }),
    );
}

/** Probes and hooks name a port of their own container. */
function ofContainer(spot: Spot): Suggestion[] {
  for (const steps of [3, 4, 5]) {
    const container: JsonObject = mapAbove(spot, steps);
    const ports = listAt(container, 'ports').filter(isObject);
    if (ports.length === 0) continue;
    return ports.flatMap(({ name, containerPort }) => {
      const label = typeof name === 'string' && !spot.path.includes('grpc') ? name : containerPort;
      if (typeof label !== 'string' && typeof label !== 'number') return [];
      const detail = `port ${containerPort} of this container`;
      return [{ label: String(label), detail, kind: 'port' as const, rank: 0 as const }];
    });
  }
  return [];
}

/** Monitors select by labels that a Service may get later: all names of ports are offered. */
function ofAny(spot: Spot): Suggestion[] {
  return spot.inventory.entries().flatMap(entry =>
    entry.facts.ports.flatMap(({ name }) => {
      const { kind, name: owner } = entry.facts;
      return name === undefined ? [] : [portOf(name, `${kind} ${owner}`, entry, spot)];
    }),
  );
}

function portOf(label: string, detail: string, entry: Entry, spot: Spot): Suggestion {
  const origin = originOf(entry);
  return {
    label,
    detail: origin === '' ? detail : `${detail} · ${origin}`,
    kind: 'port',
    rank: rankOf(entry, spot),
  };
}
