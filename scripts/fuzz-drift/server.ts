import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import {
  isObject,
  type Json,
  type JsonObject,
  parseApiVersion,
} from '../../src/core/model/resource.ts';
import type { ControlPlane } from '../../test/servers/start.ts';

export interface Answer {
  /** HTTP status. */
  code: number;
  body: JsonObject;
}

export interface Passed {
  code: number;
  /** Media type of the body. */
  type: string;
  /** The values of the `Warning` headers, as they came. */
  warnings: readonly string[];
  body: Buffer;
}

/** How a patch is written. */
export type PatchType = 'apply' | 'merge' | 'json' | 'strategic';

const contentTypes: Record<PatchType, string> = {
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

/** How many requests run at once: more only queue up in the server. */
export const concurrency = 24;

/** Asks a real API server as its administrator, over a few connections that stay open. */
export class Server {
  readonly #url: string;
  readonly #agent: Agent;
  readonly #authorization: string;
  requests = 0;

  constructor({ server, certificate, adminConfig }: ControlPlane) {
    this.#url = server;
    this.#agent = new Agent({ ca: certificate, keepAlive: true, maxSockets: concurrency });
    this.#authorization = `Bearer ${tokenOf(adminConfig)}`;
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Its minor version, such as `1.36`. */
  async version(): Promise<string> {
    const { body } = await this.get('/version');
    return `${body.major}.${Number.parseInt(String(body.minor), 10)}`;
  }

  get(path: string): Promise<Answer> {
    return this.#ask('GET', path);
  }

  post(path: string, body: Json): Promise<Answer> {
    return this.#ask('POST', path, body);
  }

  put(path: string, body: Json): Promise<Answer> {
    return this.#ask('PUT', path, body);
  }

  delete(path: string): Promise<Answer> {
    return this.#ask('DELETE', path);
  }

  patch(path: string, type: PatchType, body: Json): Promise<Answer> {
    return this.#ask('PATCH', path, body, contentTypes[type]);
  }

  async #ask(method: string, path: string, body?: Json, type = 'application/json') {
    const text = Buffer.from(body === undefined ? '' : JSON.stringify(body));
    const passed = await this.pass(method, path, { 'content-type': type }, text);
    return { code: passed.code, body: parseBody(passed.body) };
  }

  /** A request with the administrator's token, and its answer as it came. */
  pass(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: Buffer,
  ): Promise<Passed> {
    this.requests++;
    const options = {
      method,
      agent: this.#agent,
      headers: { ...headers, authorization: this.#authorization },
    };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.#url), options, response => {
        const parts: Buffer[] = [];
        response.on('data', part => parts.push(part));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            code: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? 'application/json',
            warnings: response.headersDistinct.warning ?? [],
            body: Buffer.concat(parts),
          }),
        );
      });
      sent.on('error', (error: NodeJS.ErrnoException) => {
        // The server may close an idle connection in the moment in which it is used again.
        if (!sent.reusedSocket || error.code !== 'ECONNRESET') return reject(error);
        this.pass(method, path, headers, body).then(resolve, reject);
      });
      sent.end(body);
    });
  }
}

/** The JSON of an answer; what is none stands in its `message`. */
export function parseBody(text: Buffer): JsonObject {
  try {
    const body: Json = JSON.parse(text.toString('utf8'));
    return isObject(body) ? body : { message: JSON.stringify(body) };
  } catch {
    return { message: text.toString('utf8').slice(0, 300) };
  }
}

function tokenOf(kubeconfig: string): string {
  const { users } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as {
    users: { name: string; user: { token: string } }[];
  };
  return users.find(({ name }) => name === 'admin')?.user.token ?? '';
}

/** Address of a collection: `/apis/apps/v1/namespaces/x/deployments`. */
export function collectionPath(apiVersion: string, plural: string, namespace: string): string {
  const { group } = parseApiVersion(apiVersion);
  const base = group === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`;
  return namespace === '' ? `${base}/${plural}` : `${base}/namespaces/${namespace}/${plural}`;
}
