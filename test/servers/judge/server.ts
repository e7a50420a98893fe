import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { inject } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../../src/core/model/resource.ts';
import type { ControlPlane } from '../start.ts';

export interface Answer {
  code: number;
  body: JsonObject;
}

/** Asks the run's API server, as its administrator. */
export function ask(method: string, path: string, body?: object, type?: string) {
  return askOn(inject('plane'), method, path, body, type);
}

/** Asks an API server, as its administrator. */
export function askOn(
  { server, certificate, kubeconfig }: ControlPlane,
  method: string,
  path: string,
  body?: object,
  type = 'application/json',
): Promise<Answer> {
  const options = {
    method,
    agent: agentFor(certificate),
    headers: { authorization: `Bearer ${tokenOf(kubeconfig)}`, 'content-type': type },
  };
  return new Promise<Answer>((resolve, reject) => {
    const sent = request(new URL(path, server), options, response => {
      let text = '';
      response.setEncoding('utf8').on('data', chunk => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ code: response.statusCode ?? 0, body: JSON.parse(text) as JsonObject }),
      );
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const agents = new Map<string, Agent>();

function agentFor(ca: string): Agent {
  const agent = agents.get(ca) ?? new Agent({ ca, keepAlive: true });
  agents.set(ca, agent);
  return agent;
}

function tokenOf(kubeconfig: string): Json {
  const { users } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as { users: JsonObject[] };
  const user = users.find(({ name }) => name === 'admin')?.user;
  return isObject(user) ? (user.token ?? '') : '';
}
