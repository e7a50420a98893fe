import type { ApiResource } from '../../cluster/cluster.ts';
import type { Declared } from '../../drift/declared.ts';
import type { NotChecked } from '../../model/finding.ts';
import { isObject, type Resource } from '../../model/resource.ts';
import { isEncrypted, placeholderIn } from '../../validate/placeholders.ts';

/** What of an environment no server tried, and why. Never shown as green. */
export class Skipped {
  readonly #environment: string;
  readonly #cluster: string;
  readonly #entries: NotChecked[] = [];
  readonly #forbidden: { declared: Declared; type: ApiResource }[] = [];
  /** Namespaces that the environment makes itself, and kinds as `group/kind` that it defines. */
  readonly #namespaces = new Set<string>();
  readonly #defined = new Set<string>();

  constructor(environment: string, cluster: string) {
    this.#environment = environment;
    this.#cluster = cluster;
  }

  /** Looks what the environment brings along. */
  knows(declared: readonly Declared[]): void {
    for (const { resource, object } of declared) {
      if (resource.group === '' && resource.kind === 'Namespace')
        this.#namespaces.add(resource.name);
      const { spec } = object.value;
      if (resource.kind !== 'CustomResourceDefinition' || !isObject(spec)) continue;
      const { names } = spec;
      this.#defined.add(`${spec.group}/${isObject(names) ? names.kind : ''}`);
    }
  }

  /** Why an object cannot be sent as it is. */
  reasonFor({ object, resource, notChecked }: Declared): string | undefined {
    if (notChecked !== undefined) return notChecked;
    const { value, sealed = [] } = object;
    if (isEncrypted(value) || sealed.length > 0)
      return 'the server was not asked: SOPS encrypted values of it, and `--decrypt` was not given';
    if (placeholderIn(value) || holdsMask(value))
      return 'the server was not asked: another tool fills in its placeholders';
    if (resource.name === '')
      return 'the server was not asked: the object gets its name when it is made';
    return undefined;
  }

  /** Why a kind that the server does not serve may be served later; undefined where nothing says so. */
  unserved({ group, kind }: Resource): string | undefined {
    return this.#defined.has(`${group}/${kind}`)
      ? `the cluster does not serve ${kind} yet: its definition is part of this environment`
      : undefined;
  }

  add({ object, resource }: Declared, reason: string): void {
    const environment = this.#environment;
    this.#entries.push({ reason, place: object.source, object: resource, environment });
  }

  withoutNamespace(declared: Declared): void {
    const { namespace } = declared.resource;
    const made = this.#namespaces.has(namespace) ? ', which this environment makes,' : '';
    this.add(
      declared,
      `the server could not judge it: the namespace ${namespace}${made} is not there yet`,
    );
  }

  forbidden(declared: Declared, type: ApiResource): void {
    this.#forbidden.push({ declared, type });
  }

  /** `tried`: how many objects the server did try; where it may try none, one sentence says so. */
  entries(tried: number): NotChecked[] {
    const count = this.#forbidden.length;
    if (count > 0 && tried === 0 && this.#entries.length === 0) {
      const objects = count === 1 ? 'the one object' : `the ${count} objects`;
      const reason = `You may only read in ${this.#cluster}, and a dry-run needs the permission to patch: the server was asked about none of ${objects}`;
      return [{ reason, environment: this.#environment }];
    }
    const groups = Map.groupBy(
      this.#forbidden,
      ({ declared, type }) => `${type.resource} ${declared.resource.namespace}`,
    );
    for (const group of groups.values())
      for (const { declared, type } of group) {
        const { namespace } = declared.resource;
        const where = namespace === '' ? '' : ` in the namespace ${namespace}`;
        this.add(
          declared,
          `the server was not asked: you have no permission to patch ${type.resource}${where}`,
        );
      }
    return this.#entries;
  }
}

/** A mask is what stands for a value that nobody may read; it never goes to a server. */
function holdsMask(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('•••');
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsMask);
}
