import { spawn } from 'node:child_process';
import { inject } from 'vitest';
import type { users } from './start.ts';

export interface KubectlOptions {
  /** Default: `admin`. */
  user?: (typeof users)[number];
  /** Standard input, for `-f -`. */
  input?: string;
}

/** Runs kubectl against the run's control plane and answers its output; throws when it fails. */
export async function kubectl(args: string[], options: KubectlOptions = {}): Promise<string> {
  const { program, kubeconfig } = inject('plane');
  const context = ['--kubeconfig', kubeconfig, '--context', options.user ?? 'admin'];
  const child = spawn(program, ['kubectl', ...context, ...args]);
  child.stdin.end(options.input ?? '');
  let output = '';
  let error = '';
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    error += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code !== 0)
    throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${error}${output}`);
  return output;
}

/** Applies objects as kubectl's server-side apply does. */
export async function apply(objects: object[], ...args: string[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  await kubectl(['apply', '--server-side', ...args, '-f', '-'], { input });
}

/** Makes a namespace, runs the test in it, and removes it without waiting for its contents to go. */
export async function withNamespace<T>(
  name: string,
  test: (namespace: string) => Promise<T>,
): Promise<T> {
  const namespace = `${name}-${Math.random().toString(36).slice(2, 8)}`;
  await kubectl(['create', 'namespace', namespace]);
  try {
    return await test(namespace);
  } finally {
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  }
}
