import { inject } from 'vitest';
import { applyOn, type KubectlOptions, kubectlOn, withNamespaceOn } from './kubectl.ts';

/** Runs kubectl against the run's control plane and answers its output; throws when it fails. */
export function kubectl(args: string[], options: KubectlOptions = {}): Promise<string> {
  return kubectlOn(inject('plane'), args, options);
}

/** Applies objects as kubectl's server-side apply does. */
export function apply(objects: object[], ...args: string[]): Promise<void> {
  return applyOn(inject('plane'), objects, ...args);
}

/** Makes a namespace, runs the test in it, and removes it without waiting for its contents to go. */
export function withNamespace<T>(
  name: string,
  test: (namespace: string) => Promise<T>,
): Promise<T> {
  return withNamespaceOn(inject('plane'), name, test);
}
