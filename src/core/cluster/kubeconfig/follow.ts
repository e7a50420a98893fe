import { createHash } from 'node:crypto';
import { unwatchFile, watchFile } from 'node:fs';
import {
  findContext,
  type Kubeconfig,
  type KubeconfigOptions,
  kubeconfigPaths,
  listContexts,
  readKubeconfig,
} from './kubeconfig.ts';

/** How often the files are looked at, in milliseconds; links, network drives and files to come work like any. */
const lookEvery = 2000;
/** An editor may write a file in several steps. */
const writing = 300;

/** Calls `changed` when a file that contexts come from changes, appears or vanishes. The function returned ends it. */
export function followKubeconfig(env: NodeJS.ProcessEnv, changed: () => void): () => void {
  const files = kubeconfigPaths(env);
  let timer: NodeJS.Timeout | undefined;
  const listener = () => {
    clearTimeout(timer);
    timer = setTimeout(changed, writing);
    timer.unref();
  };
  for (const file of files) watchFile(file, { interval: lookEvery, persistent: false }, listener);
  return () => {
    clearTimeout(timer);
    for (const file of files) unwatchFile(file, listener);
  };
}

/**
 * What the contexts say at this moment, each as a text that is another one when the context leads elsewhere or to
 * other credentials. Read once until `forget`.
 */
export class ContextSettings {
  readonly #options: () => KubeconfigOptions;
  readonly #last = new Map<string, string>();
  #reading: Promise<Kubeconfig | undefined> | undefined;

  constructor(options: () => KubeconfigOptions) {
    this.#options = options;
  }

  /** The files changed. */
  forget(): void {
    this.#reading = undefined;
  }

  /** Address of the API server that a context leads to; undefined where nothing says it. */
  async server(context: string): Promise<string | undefined> {
    this.#reading ??= readKubeconfig(this.#options()).catch(() => undefined);
    const kubeconfig = await this.#reading;
    return kubeconfig && listContexts(kubeconfig).find(each => each.context === context)?.server;
  }

  /** While the files cannot be understood, what they said last counts: somebody is writing them. */
  async of(context: string): Promise<string> {
    this.#reading ??= readKubeconfig(this.#options()).catch(() => undefined);
    const kubeconfig = await this.#reading;
    if (kubeconfig === undefined) return this.#last.get(context) ?? 'unreadable';
    const settings = settingsOf(kubeconfig, context);
    this.#last.set(context, settings);
    return settings;
  }
}

/** A hash, as a context holds secrets. */
function settingsOf(kubeconfig: Kubeconfig, name: string): string {
  try {
    const { file: _, ...context } = findContext(kubeconfig, name);
    return createHash('sha256').update(JSON.stringify(context)).digest('base64url');
  } catch {
    return 'absent';
  }
}
