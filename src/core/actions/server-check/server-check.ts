import type { ApiResource, Cluster } from '../../cluster/cluster.ts';
import { isType } from '../../cluster/cluster.ts';
import { type Declared, declaredObjects } from '../../drift/declared.ts';
import { Pace } from '../../drift/server/pace.ts';
import { Permissions } from '../../drift/server/permissions.ts';
import { messageOf } from '../../lib/errors.ts';
import { sentence } from '../../lib/sentence.ts';
import type { Environment } from '../../model/environment.ts';
import type { Finding, NotChecked } from '../../model/finding.ts';
import type { JsonObject } from '../../model/resource.ts';
import { FindingCollector } from '../../validate/collect.ts';
import { renderedSubject } from '../../validate/places/subject.ts';
import type { Violation } from '../../validate/violation.ts';
import { withoutSecrets } from '../../words/safe-findings.ts';
import type { Workspace } from '../../workspace.ts';
import { notRendered, renderApplications } from '../rendering.ts';
import { askAbout } from './ask.ts';
import { reaches } from './reaches.ts';
import { Skipped } from './skipped.ts';

export interface ServerCheckOptions {
  environments: readonly Environment[];
  /** Only the objects that these files and folders decide something of; empty: all. */
  paths?: readonly string[];
  signal?: AbortSignal;
}

export interface ServerCheck {
  findings: Finding[];
  notChecked: NotChecked[];
  /** Objects that a server tried. */
  tried: number;
  /** Chosen clusters that could not be asked at all: one sentence each. */
  failures: string[];
}

/**
 * Has the API server of each environment try to apply its objects, with `dryRun=All`: nothing is changed, and everything
 * that stands before a real apply has its say — validation, webhooks, policies, quotas. What it says is on the line that
 * decides it, with source `server`. Objects whose secret values are not known are not sent.
 */
export async function checkOnServer(
  workspace: Workspace,
  { environments, paths = [], signal }: ServerCheckOptions,
): Promise<ServerCheck> {
  const findings = new FindingCollector();
  const check: ServerCheck = { findings: [], notChecked: [], tried: 0, failures: [] };
  for (const environment of environments) {
    const opened = await workspace.connect(environment);
    const { name } = environment;
    if (!opened.ok || opened.cluster.identity.snapshot) {
      const reason = opened.ok ? snapshotSentence : opened.reason;
      check.notChecked.push({ reason: `the server was not asked: ${reason}`, environment: name });
      check.failures.push(`${name}: ${sentence(reason)}`);
      continue;
    }
    const one = new EnvironmentCheck(workspace, environment, opened.cluster, signal);
    const found = await one.run(paths);
    for (const finding of found.findings) findings.add(finding);
    check.notChecked.push(...found.notChecked);
    check.tried += found.tried;
  }
  return { ...check, findings: findings.sorted() };
}

const snapshotSentence =
  'its objects are compared with a snapshot, which cannot judge; name a cluster';

/** One environment and its server. */
class EnvironmentCheck {
  readonly #workspace: Workspace;
  readonly #environment: Environment;
  readonly #cluster: Cluster;
  readonly #signal: AbortSignal | undefined;
  readonly #pace = new Pace();
  readonly #permissions: Permissions;
  readonly #skipped: Skipped;
  readonly #findings: Finding[] = [];
  #tried = 0;

  constructor(
    workspace: Workspace,
    environment: Environment,
    cluster: Cluster,
    signal: AbortSignal | undefined,
  ) {
    this.#workspace = workspace;
    this.#environment = environment;
    this.#cluster = cluster;
    this.#signal = signal;
    this.#permissions = new Permissions(cluster);
    this.#skipped = new Skipped(environment.name, cluster.identity.context ?? 'the cluster');
  }

  async run(paths: readonly string[]): Promise<Omit<ServerCheck, 'failures'>> {
    const environment = this.#environment;
    const applications = await renderApplications(this.#workspace, environment, {
      trace: true,
      cluster: Promise.resolve(this.#cluster),
      signal: this.#signal,
    });
    const target = environment.kubernetes ?? this.#cluster.identity.version;
    const schemas = this.#workspace.schemas(target, this.#workspace.customTypes());
    const declared = declaredObjects(environment, applications, schemas);
    const wanted = declared.filter(({ object }) => reaches(object, paths));
    const discovery = await this.#cluster.discovery(this.#signal, { fresh: true });
    if (!discovery.ok) {
      const reason = `the server was not asked: ${discovery.reason}`;
      return { findings: [], notChecked: [{ reason, environment: environment.name }], tried: 0 };
    }
    const typeOf = ({ resource }: Declared) =>
      discovery.resources.find(type => isType(type, resource));
    this.#skipped.knows(declared);
    await Promise.all(
      wanted.map(each => this.#try(each, typeOf(each), discovery.incomplete !== undefined)),
    );
    const objects = applications.flatMap(({ rendered }) => rendered.objects);
    const whole = notRendered(environment, applications, { objects: false });
    return {
      findings: withoutSecrets(this.#findings, objects, []),
      notChecked: [...(paths.length === 0 ? whole : []), ...this.#skipped.entries(this.#tried)],
      tried: this.#tried,
    };
  }

  async #try(declared: Declared, type: ApiResource | undefined, isOpen: boolean): Promise<void> {
    const { resource, object } = declared;
    const why = this.#skipped.reasonFor(declared);
    if (why !== undefined) return this.#skipped.add(declared, why);
    if (!type) {
      const unknown = this.#skipped.unserved(resource);
      if (unknown !== undefined || isOpen)
        return this.#skipped.add(declared, unknown ?? 'the server did not list all that it serves');
      return this.#report(declared, [unservedViolation(object.value)]);
    }
    if (!(await this.#permissions.may('patch', type, resource.namespace)))
      return this.#skipped.forbidden(declared, type);
    const verdict = await askAbout(declared, type, {
      cluster: this.#cluster,
      pace: this.#pace,
      signal: this.#signal,
    }).catch((error: unknown) => {
      this.#signal?.throwIfAborted();
      return { kind: 'open' as const, reason: messageOf(error) };
    });
    switch (verdict.kind) {
      case 'forbidden':
        return this.#skipped.forbidden(declared, type);
      case 'open':
        return this.#skipped.add(declared, verdict.reason);
      case 'namespace':
        return this.#skipped.withoutNamespace(declared);
      case 'tried':
        this.#tried++;
        return this.#report(declared, verdict.violations);
    }
  }

  #report({ object, resource }: Declared, violations: readonly Violation[]): void {
    const subject = renderedSubject(object, this.#environment.name, path =>
      this.#workspace.index.file(path),
    );
    for (const violation of violations) {
      const { finding } = subject.locate(violation);
      this.#findings.push({ ...finding, object: resource, source: 'server' });
    }
  }
}

function unservedViolation({ apiVersion, kind }: JsonObject): Violation {
  return {
    rule: 'server-refused',
    severity: 'error',
    pointer: ['kind'],
    on: 'value',
    message: `The cluster does not serve ${apiVersion} ${kind}, and nothing of this environment defines it.`,
  };
}
