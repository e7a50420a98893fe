import type { TestProject } from 'vitest/node';
import { type ControlPlane, startControlPlane } from './start.ts';

declare module 'vitest' {
  interface ProvidedContext {
    plane: ControlPlane;
  }
}

/** Starts the control plane of the run, and ends it afterwards. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { plane, stop } = await startControlPlane(line => process.stderr.write(`${line}\n`));
  project.provide('plane', plane);
  return stop;
}
