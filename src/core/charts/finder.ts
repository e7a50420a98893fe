import { UserError } from '../lib/errors.ts';
import type { ChartDependency, Charts, FoundChart } from '../model/chart.ts';
import { chartText } from '../model/chart.ts';
import type { ChartReference } from '../model/environment.ts';
import type { Repository } from '../model/repository.ts';
import { copyIn } from './copies.ts';
import { dependenciesOf } from './dependencies.ts';
import { HelmCache } from './helm-cache.ts';
import { helmSettings } from './helm-settings.ts';
import { archiveName, isFileName, isFullVersion } from './names.ts';
import { ChartStore } from './store.ts';

/** What gets the charts that are missing. */
export const fetchCommand = '`driftline fetch --trust`';

/** What others put there meanwhile is seen then; what is stored by us, or while a repository is open, at once. */
const freshMilliseconds = 5_000;

/** The version is what the reference's means. */
interface Outside {
  found?: FoundChart;
  version: string;
}

/**
 * Finds charts in what was fetched, in Helm's own cache, and among the copies that the repository carries; in
 * this order, as what came from that very address is surest. Opens no connection.
 */
export class ChartFinder implements Charts {
  readonly store: ChartStore;
  readonly #helm: HelmCache;
  /** What was found outside of the repository a moment ago: every keystroke asks for every chart. */
  #outside = new Map<string, { until: number; found: Promise<Outside> }>();

  /** `folder` is where fetched charts are kept. */
  constructor(folder: string, env: NodeJS.ProcessEnv = process.env) {
    this.store = new ChartStore(folder);
    this.#helm = new HelmCache(helmSettings(env));
    this.store.onStored(() => this.#outside.clear());
  }

  async find(reference: ChartReference, repository: Repository): Promise<FoundChart> {
    const { found, version } = await this.#findOutside(reference);
    if (found) return found;
    const copy = await copyIn(repository, { ...reference, version });
    return copy === undefined ? missing(reference) : { kind: 'copy', path: copy };
  }

  #findOutside(reference: ChartReference): Promise<Outside> {
    const key = JSON.stringify(reference);
    const known = this.#outside.get(key);
    if (known && known.until > performance.now()) return known.found;
    const found = this.#lookOutside(reference);
    this.#outside.set(key, { until: performance.now() + freshMilliseconds, found });
    return found;
  }

  async #lookOutside(reference: ChartReference): Promise<Outside> {
    const { version } = reference;
    const stored = await this.store.find(reference);
    if (stored) {
      const found = await this.#fetched(reference, stored.version, stored.digest);
      if (found) return { found, version };
    }
    const cached = await this.#helm.find(reference);
    if (!cached) return { version: stored?.version ?? version };
    const { digest, content } = cached;
    const file = archiveName(reference, version);
    return { found: { kind: 'archive', file, digest, read: async () => content }, version };
  }

  dependencies(
    folder: string,
    names: readonly string[],
    repository: Repository,
  ): Promise<ChartDependency[]> {
    return dependenciesOf(repository, folder, names, name => this.#helm.address(name));
  }

  async #fetched(
    reference: ChartReference,
    version: string,
    digest: string,
  ): Promise<FoundChart | undefined> {
    if (!(await this.store.has(digest))) return undefined;
    const name = archiveName(reference, version);
    const file = isFileName(name) ? name : 'chart.tgz';
    return { kind: 'archive', file, digest, read: () => this.#read(digest) };
  }

  async #read(digest: string): Promise<Uint8Array> {
    const content = await this.store.read(digest);
    if (content) return content;
    throw new UserError(`The archive sha256:${digest} was changed or removed while it was read.`);
  }
}

function missing(reference: ChartReference): FoundChart {
  const what = chartText(reference);
  const reason = isFullVersion(reference.version)
    ? `${what} is not here: ${fetchCommand} gets it`
    : `which version ${what} is cannot be known before it was fetched: ${fetchCommand} gets it`;
  return { kind: 'missing', reason };
}
