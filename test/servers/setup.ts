import type { TestProject } from 'vitest/node';
import { startArgo } from './argo.ts';
import { startFlux } from './flux.ts';
import { startGitea } from './gitea.ts';
import { startNodes } from './nodes.ts';
import { serveOnDemand } from './on-demand.ts';
import type { Started } from './processes.ts';
import { type ControlPlane, startControlPlane } from './start.ts';

declare module 'vitest' {
  interface ProvidedContext {
    plane: ControlPlane;
    /** Where the servers that only some tests need are asked for (`servers.ts`). */
    onDemand: string;
  }
}

/** Starts the control plane of the run, and ends it and what tests asked for afterwards. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { plane, stop } = await startControlPlane(log);
  const onDemand = await serveOnDemand({
    flux: () => withPlane(startFlux),
    argo: () => withPlane(startArgo),
    gitea: () => startGitea(log),
  });
  project.provide('plane', plane);
  project.provide('onDemand', onDemand.url);
  return async () => {
    await onDemand.stop();
    await stop();
  };
}

/**
 * An engine on a control plane of its own, whose Pods become Ready: it changes what it finds there, and
 * the tests of the run's control plane bring resource types of the same names.
 */
async function withPlane<T>(
  startEngine: (plane: ControlPlane, log: (line: string) => void) => Promise<Started<T>>,
): Promise<Started<T & { plane: ControlPlane }>> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.toReversed()) await one();
  };
  try {
    const { plane, stop: stopPlane } = await startControlPlane(log);
    stops.push(stopPlane);
    stops.push((await startNodes(plane, log)).stop);
    const engine = await startEngine(plane, log);
    stops.push(engine.stop);
    return { servers: { ...engine.servers, plane }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
