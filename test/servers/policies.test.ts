import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { load } from 'js-yaml';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Answer, collectionPath, parseBody, Server } from '../../scripts/fuzz-drift/server.ts';
import { isObject, type JsonObject } from '../../src/core/model/resource.ts';
import { Judge, type PolicyDecision } from '../../src/core/upstream/judge.ts';

// The same ValidatingAdmissionPolicies, run by the judge and by a real API server.

interface Case {
  id: string;
  policy: JsonObject;
  binding?: JsonObject;
  resources?: JsonObject;
  operations?: string[];
  objects: JsonObject[];
}

const read = (name: string) => load(readFileSync(join(import.meta.dirname, 'judge', name), 'utf8'));
const cases = read('policies.yaml') as Case[];
const gadgets = read('gadgets.yaml') as JsonObject;
const group = 'admissionregistration.k8s.io/v1';
const namespace = 'policies-a';

const policies = cases.flatMap(({ id, policy, binding, resources, operations = ['CREATE'] }) => {
  const rule = {
    apiGroups: ['apps'],
    apiVersions: ['v1'],
    resources: ['deployments'],
    ...resources,
  };
  const own = isObject(policy.matchConstraints) ? policy.matchConstraints : {};
  const matchConstraints = {
    objectSelector: { matchLabels: { case: id } },
    resourceRules: [{ ...rule, operations }],
    ...own,
  };
  const name = `${id}.policies.example.com`;
  const spec = { ...policy, matchConstraints };
  const bound = { policyName: name, validationActions: ['Deny'], ...binding };
  return [
    { apiVersion: group, kind: 'ValidatingAdmissionPolicy', metadata: { name }, spec },
    {
      apiVersion: group,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: bound,
    },
  ] as JsonObject[];
});

const configMap = (name: string, max: string, labels: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, labels },
  data: { max },
});
const others: JsonObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { tier: 'x' } } },
  configMap('limits', '2'),
  configMap('few', '2', { limits: 'yes' }),
  configMap('many', '5', { limits: 'yes' }),
  {
    apiVersion: 'judge.example.com/v1',
    kind: 'Gadget',
    metadata: { name: 'limits', namespace },
    spec: { size: 2 },
  },
];

let server: Server;
const judge = new Judge();
const clusterScoped = new Set(['Namespace', 'PersistentVolume']);

beforeAll(async () => {
  server = new Server(inject('plane'));
  await server.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', gadgets);
  for (const object of [...others, ...policies]) await create(object);
  await untilActive();
}, 60_000);
afterAll(async () => {
  for (const object of policies) await server.delete(`${pathOf(object)}/${nameOf(object)}`);
  server.close();
  await judge.close();
});

async function create(object: JsonObject): Promise<void> {
  let answer: Answer | undefined;
  for (let attempt = 0; attempt < 100; attempt++) {
    answer = await server.post(pathOf(object), object);
    if (answer.code < 300 || answer.code === 409) return;
    await wait(50); // a kind that was just defined
  }
  throw new Error(`${object.kind} ${nameOf(object)}: ${JSON.stringify(answer?.body)}`);
}

/** The server hears of policies, parameters and kinds after a while. */
async function untilActive(): Promise<void> {
  const last = tries.filter(({ id }) =>
    ['custom-param', 'params-by-label', 'audit-annotation'].includes(id),
  );
  for (let attempt = 0; attempt < 200; attempt++) {
    const words = await Promise.all(last.map(({ object }) => ask(object)));
    const texts = words.map(({ denied }) => denied ?? '').join('\n');
    const ready = ['at most 2', 'too many for', 'valueExpression', 'nothing'].filter(text =>
      texts.includes(text),
    );
    if (ready.length >= 3 && !/not yet synced|not known|failed to find/.test(texts)) return;
    await wait(100);
  }
  throw new Error('the policies do not become active');
}

function nameOf({ metadata }: JsonObject): string {
  return isObject(metadata) ? String(metadata.name) : '';
}

function pathOf(object: JsonObject): string {
  const { apiVersion, kind, metadata } = object;
  const plural = `${kind}`.toLowerCase().replace(/y$/, 'ie').concat('s');
  const own =
    isObject(metadata) && typeof metadata.namespace === 'string' ? metadata.namespace : '';
  return collectionPath(String(apiVersion), plural, own);
}

const template = {
  metadata: { labels: { a: 'b' } },
  spec: { containers: [{ name: 'c', image: 'i', resources: { limits: { memory: '2Gi' } } }] },
};

const tries = cases.flatMap(({ id, objects }) =>
  objects.map((given, index) => {
    const labels = { case: id };
    const own = isObject(given.metadata) ? given.metadata : { name: 'web' };
    const place = clusterScoped.has(`${given.kind}`) ? {} : { namespace };
    const whole: JsonObject = given.apiVersion
      ? given
      : {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          spec: { selector: { matchLabels: { a: 'b' } }, template, ...given },
        };
    return {
      id,
      index,
      object: { ...whole, metadata: { ...own, ...place, labels } } as JsonObject,
    };
  }),
);

interface Word {
  denied?: string;
  reason?: string;
  warnings: string[];
}

async function ask(object: JsonObject): Promise<Word> {
  const answer = await server.pass(
    'POST',
    `${pathOf(object)}?dryRun=All`,
    { 'content-type': 'application/json' },
    Buffer.from(JSON.stringify(object)),
  );
  const warnings = answer.warnings.map(text =>
    text.replace(/^299 - "(.*)"$/s, '$1').replace(/\\(.)/g, '$1'),
  );
  if (answer.code < 300) return { warnings };
  const { message, reason } = parseBody(answer.body);
  const denied = /(ValidatingAdmissionPolicy .*)$/s.exec(String(message))?.[1];
  return denied === undefined ? { warnings } : { denied, reason: String(reason), warnings };
}

/** Everything that the judge says as the server would. */
function ours(decisions: readonly PolicyDecision[]): { denied: string[]; warnings: string[] } {
  const by = ({ policy, binding }: PolicyDecision) =>
    `ValidatingAdmissionPolicy '${policy}'${binding === undefined ? '' : ` with binding '${binding}'`}`;
  const denied = decisions.filter(({ action }) => action === 'Deny');
  const warned = decisions.filter(({ action }) => action === 'Warn');
  return {
    denied: denied.map(each => `${by(each)} denied request: ${each.message}`),
    warnings: warned.map(each => {
      const { policy, binding, message } = each;
      return `Validation failed for ValidatingAdmissionPolicy '${policy}' with binding '${binding}': ${message}`;
    }),
  };
}

function isAlike(decisions: readonly PolicyDecision[], word: Word): boolean {
  const own = ours(decisions);
  const first = decisions.find(({ action }) => action === 'Deny');
  // The order in which the server takes parameters is by chance: it tells the first refusal.
  const same =
    word.denied === undefined ? own.denied.length === 0 : own.denied.includes(word.denied);
  return (
    same &&
    (!first?.reason || first.reason === word.reason) &&
    decisions.every(({ unchecked }) => unchecked === undefined) &&
    `${own.warnings}` === `${word.warnings}`
  );
}

it('has enough of them', () => {
  expect(cases.length).toBeGreaterThanOrEqual(40);
  expect(tries.length).toBeGreaterThan(55);
});

it('says of every object what the server says', async () => {
  const options = { customTypes: [gadgets] };
  const surroundings = { policies, others, whole: true };
  const decisions = await judge.admit(
    tries.map(({ object }) => object),
    surroundings,
    options,
  );
  const wrong: object[] = [];
  let denied = 0;
  // A server takes a moment until it has loaded every policy, and answers without it until then.
  const end = Date.now() + 30_000;
  for (const [at, { id, index, object }] of tries.entries()) {
    const said = decisions[at] ?? [];
    let word = await ask(object);
    while (!isAlike(said, word) && Date.now() < end) {
      await new Promise(resolve => setTimeout(resolve, 500));
      word = await ask(object);
    }
    if (!isAlike(said, word)) wrong.push({ id, index, word, decisions: said });
    if (word.denied !== undefined) denied++;
  }
  expect(wrong).toEqual([]);
  expect(denied).toBeGreaterThan(25);
}, 60_000);
