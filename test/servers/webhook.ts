import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { inject } from 'vitest';
import { type Json, type JsonObject, parseApiVersion } from '../../src/core/model/resource.ts';
import { kubectl } from './plane.ts';

/** What a webhook answers: a JSON patch, a refusal, nothing at all, or (false) a broken answer. */
export type Verdict =
  | { patch: JsonObject[] }
  | { deny: string; code?: number }
  | 'silence'
  | 'broken';

export interface WebhookOptions {
  kind?: 'Mutating' | 'Validating';
  namespace: string;
  /** `apiVersion/plural`: `v1/configmaps`. */
  resources: string[];
  /** `Some` is not allowed any more, but configurations of old clusters have it. */
  sideEffects?: 'None' | 'Some';
  timeoutSeconds?: number;
  more?: JsonObject;
  answer(object: JsonObject, request: JsonObject): Verdict | Promise<Verdict>;
}

export interface Webhook {
  name: string;
  /** Dry-runs that it was called for, as `kind/name`. */
  tried: string[];
  /** Changes its configuration, so that it has another resourceVersion. */
  touch(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A real webhook: a small TLS server with the control plane's certificate, and its configuration, which speaks of one
 * namespace only, so that tests do not disturb each other.
 */
export async function startWebhook(options: WebhookOptions): Promise<Webhook> {
  const { certificate, key } = inject('plane');
  const tried: string[] = [];
  const server = createServer({ cert: certificate, key }, async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const review = JSON.parse(text) as { request: JsonObject };
    const object = (review.request.object ?? {}) as JsonObject;
    if (review.request.dryRun === true)
      tried.push(`${object.kind}/${(object.metadata as JsonObject | undefined)?.name}`);
    const verdict = await options.answer(object, review.request);
    if (verdict === 'silence') return;
    if (verdict === 'broken') return void response.writeHead(500).end('out of order');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(reviewOf(review.request, verdict)));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { kind = 'Mutating', namespace } = options;
  const name = `${kind.toLowerCase()}.${namespace}.test`;
  const configuration = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name },
    webhooks: [
      {
        name,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        timeoutSeconds: options.timeoutSeconds ?? 5,
        clientConfig: {
          url: `https://127.0.0.1:${port}/`,
          caBundle: Buffer.from(certificate).toString('base64'),
        },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: options.resources.map(ruleOf),
        ...options.more,
      },
    ],
  };
  await kubectl(['create', '-f', '-'], { input: JSON.stringify(configuration) });
  if (options.sideEffects === 'Some') await giveSideEffects(kind, name);
  const resource = `${kind.toLowerCase()}webhookconfiguration/${name}`;
  return {
    name,
    tried,
    touch: async () => {
      await kubectl(['annotate', resource, `touched=${Math.random()}`, '--overwrite']);
    },
    stop: async () => {
      await kubectl(['delete', resource]);
      server.close();
      server.closeAllConnections();
    },
  };
}

function ruleOf(text: string): JsonObject {
  const at = text.lastIndexOf('/');
  const { group, version } = parseApiVersion(text.slice(0, at));
  return {
    apiGroups: [group],
    apiVersions: [version],
    resources: [text.slice(at + 1)],
    operations: ['CREATE', 'UPDATE'],
  };
}

function reviewOf({ uid }: JsonObject, verdict: Exclude<Verdict, string>): Json {
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' };
  if ('deny' in verdict) {
    const status = { message: verdict.deny, ...(verdict.code ? { code: verdict.code } : {}) };
    return { ...review, response: { uid: uid ?? '', allowed: false, status } };
  }
  if (verdict.patch.length === 0) return { ...review, response: { uid: uid ?? '', allowed: true } };
  const patch = Buffer.from(JSON.stringify(verdict.patch)).toString('base64');
  return {
    ...review,
    response: { uid: uid ?? '', allowed: true, patchType: 'JSONPatch', patch },
  };
}

/** Writes to the store what the server would not let anybody write. */
async function giveSideEffects(kind: string, name: string): Promise<void> {
  const ask = async (verb: string, body: object) => {
    const url = `${inject('plane').store}/v3/kv/${verb}`;
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
    return (await response.json()) as { kvs?: { value: string }[] };
  };
  const path = `/registry/${kind.toLowerCase()}webhookconfigurations/${name}`;
  const key = Buffer.from(path).toString('base64');
  const { kvs } = await ask('range', { key });
  const stored = Buffer.from(kvs?.[0]?.value ?? '', 'base64').toString('latin1');
  // The field's number and the length of its text, as protobuf has them.
  const field = (value: string) => `\x32\x04${value}`;
  if (!stored.includes(field('None'))) throw new Error(`${path} is not as expected`);
  const value = stored.replace(field('None'), field('Some'));
  await ask('put', { key, value: Buffer.from(value, 'latin1').toString('base64') });
}
