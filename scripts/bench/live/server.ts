import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import type { JsonObject } from '../../../src/core/model/resource.ts';
import type { ControlPlane } from '../../../test/servers/start.ts';
import { type FleetObject, manifest, namespace } from './fleet.ts';

const collections = {
  ConfigMap: '/api/v1/namespaces/bench/configmaps',
  Service: '/api/v1/namespaces/bench/services',
  Deployment: '/apis/apps/v1/namespaces/bench/deployments',
  Role: '/apis/rbac.authorization.k8s.io/v1/namespaces/bench/roles',
};

/** Writes to a control plane through several connections that stay open. */
export class Hand {
  readonly #agent: Agent;
  readonly #server: string;
  readonly #token: string;
  readonly #connections: number;

  constructor(plane: ControlPlane, connections = 8) {
    const { users } = JSON.parse(readFileSync(plane.kubeconfig, 'utf8')) as {
      users: { name: string; user: { token: string } }[];
    };
    this.#server = plane.server;
    this.#token = users.find(({ name }) => name === 'admin')?.user.token ?? '';
    this.#connections = connections;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: connections,
      rejectUnauthorized: false,
    });
  }

  /** Applies objects, several at a time but no more than `rate` a second, as `manager`. Throws on the first refusal. */
  async apply(
    objects: readonly FleetObject[],
    manager: string,
    edition = 1,
    rate = Number.POSITIVE_INFINITY,
  ): Promise<void> {
    const start = performance.now();
    let count = 0;
    await this.#each(objects, async object => {
      const early = start + (count++ / rate) * 1000 - performance.now();
      if (early > 1) await wait(early);
      await this.applyOne(object, manager, edition);
    });
  }

  async applyOne(object: FleetObject, manager: string, edition: number): Promise<void> {
    const path = `${collections[object.kind]}/${object.name}`;
    const query = `fieldManager=${manager}&force=true`;
    await this.ask('PATCH', `${path}?${query}`, manifest(object, edition));
  }

  async createNamespace(): Promise<void> {
    await this.ask('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace },
    });
  }

  ask(method: string, path: string, body?: JsonObject): Promise<JsonObject> {
    const type = method === 'PATCH' ? 'application/apply-patch+yaml' : 'application/json';
    return new Promise((resolve, reject) => {
      const headers = { Authorization: `Bearer ${this.#token}`, 'Content-Type': type };
      const options = { method, agent: this.#agent, headers };
      const sent = request(`${this.#server}${path}`, options, response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          if ((response.statusCode ?? 500) >= 300) reject(new Error(`${method} ${path}: ${text}`));
          else resolve(JSON.parse(text) as JsonObject);
        });
      });
      sent.on('error', reject);
      sent.end(body && JSON.stringify(body));
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  async #each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const queue = items.values();
    const worker = async () => {
      for (const item of queue) await work(item);
    };
    await Promise.all(Array.from({ length: this.#connections }, worker));
  }
}
