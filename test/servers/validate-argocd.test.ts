import { afterAll, beforeAll, expect, it } from 'vitest';
import { objectsAt, textAt } from '../../src/core/model/fields.ts';
import type { JsonObject } from '../../src/core/model/resource.ts';
import { validateRepository } from '../../src/core/validate/validate.ts';
import { indexOf } from '../core/validate/repository.ts';
import { applyOn, kubectlOn } from './kubectl.ts';
import { until } from './processes.ts';
import { argo } from './servers.ts';

// What is called an error in Applications, their projects and ApplicationSets is what the real Argo CD refuses.

let cd: Awaited<ReturnType<typeof argo>>;
beforeAll(async () => {
  cd = await argo();
}, 300_000);
afterAll(async () => {
  const remove = async (type: string, ...args: string[]) => {
    const where = [type, '--namespace', cd.namespace];
    const all = await kubectlOn(cd.plane, ['get', ...where, '-o', 'name']);
    const names = all.split('\n').filter(name => name.includes('/judged-'));
    const patch = '{"metadata":{"finalizers":null}}';
    for (const name of names) {
      const at = [name, '--namespace', cd.namespace];
      await kubectlOn(cd.plane, ['patch', ...at, '--type=merge', '--patch', patch]);
      await kubectlOn(cd.plane, ['delete', '--ignore-not-found', ...at, ...args]);
    }
  };
  await remove('applicationsets.argoproj.io', '--cascade=orphan');
  await remove('applications.argoproj.io');
  await remove('appprojects.argoproj.io');
});

const own = 'https://kubernetes.default.svc';
const git = 'https://git.example.com/acme/fleet.git';
const source = { repoURL: git, path: 'apps/web', targetRevision: 'main' };

const projects: Record<string, JsonObject> = {
  'judged-web': {
    sourceRepos: ['https://git.example.com/acme/*', '!https://git.example.com/acme/secret'],
    destinations: [
      { server: own, namespace: 'web-*' },
      { server: own, namespace: '!web-root' },
    ],
  },
  'judged-named': { sourceRepos: ['*'], destinations: [{ name: 'in-cluster', namespace: '*' }] },
  'judged-deep': {
    sourceRepos: ['https://git.example.com/*'],
    destinations: [{ server: '*', namespace: '*' }],
  },
  'judged-any': {
    sourceRepos: ['https://git.example.com/**'],
    destinations: [{ server: '*', namespace: '*' }],
  },
};

const web = { project: 'judged-web', source, destination: { server: own, namespace: 'web-a' } };
const applications: Record<string, JsonObject> = {
  good: web,
  'other-case': { ...web, source: { ...source, repoURL: 'https://GIT.example.com/acme/fleet' } },
  'denied-repository': {
    ...web,
    source: { ...source, repoURL: 'https://git.example.com/acme/secret.git' },
  },
  'other-repository': {
    ...web,
    source: { ...source, repoURL: 'https://git.example.com/b/fleet.git' },
  },
  'other-namespace': { ...web, destination: { server: own, namespace: 'shop' } },
  'denied-namespace': { ...web, destination: { server: own, namespace: 'web-root' } },
  'by-name': { ...web, destination: { name: 'in-cluster', namespace: 'web-a' } },
  'named-project': { ...web, project: 'judged-named' },
  'one-star': { ...web, project: 'judged-deep' },
  'two-stars': { ...web, project: 'judged-any' },
  both: { ...web, destination: { server: own, name: 'in-cluster', namespace: 'web-a' } },
  nowhere: { ...web, destination: { namespace: 'web-a' } },
  'no-path': { ...web, source: { repoURL: git } },
  'no-version': { ...web, source: { repoURL: git, chart: 'redis' } },
  'only-ref': { ...omit(web), sources: [source, { repoURL: git, ref: 'values' }] },
  'bare-source': { ...omit(web), sources: [source, { repoURL: git }] },
};

function omit({ source: _, ...spec }: JsonObject): JsonObject {
  return spec;
}

const template = {
  metadata: { name: 'judged-{{name}}' },
  spec: { project: 'default', source, destination: { server: own, namespace: 'x' } },
};
const list = (...elements: JsonObject[]) => ({ list: { elements } });
const generators: Record<string, JsonObject> = {
  plain: list({ name: 'a' }),
  two: { matrix: { generators: [list({ name: 'b' }), list({ x: 'y' })] } },
  one: { matrix: { generators: [list({ name: 'c' })] } },
  three: { matrix: { generators: [list({ name: 'd' }), list({ x: 'y' }), list({ z: 'y' })] } },
  merged: {
    merge: { mergeKeys: ['name'], generators: [list({ name: 'e' }), list({ name: 'e' })] },
  },
  keyless: { merge: { mergeKeys: [], generators: [list({ name: 'f' }), list({ name: 'f' })] } },
  alone: { merge: { mergeKeys: ['name'], generators: [list({ name: 'g' })] } },
  number: list({ name: 'h', count: 2 }),
};

function object(kind: string, name: string, spec: JsonObject): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind,
    metadata: { name, namespace: cd.namespace },
    spec,
  };
}

/** Names of the objects that our checks call refused. */
async function refused(objects: readonly JsonObject[]): Promise<string[]> {
  const texts = objects.map((each, at) => [`${at}.yaml`, JSON.stringify(each)]);
  const index = await indexOf(Object.fromEntries(texts));
  const { findings } = await validateRepository({ index, rendered: [], target: '1.36' });
  const errors = findings.filter(({ severity }) => severity === 'error');
  return [...new Set(errors.map(finding => finding.object?.name ?? ''))].sort();
}

/** Names of the objects that Argo CD refuses, once it has looked at all of them. */
async function refusedByArgo(
  type: string,
  names: readonly string[],
  isRefused: (condition: JsonObject) => boolean,
): Promise<string[]> {
  const get = async () => {
    const text = await kubectlOn(cd.plane, [
      'get',
      type,
      '--namespace',
      cd.namespace,
      '-o',
      'json',
    ]);
    const all = objectsAt(JSON.parse(text), 'items');
    return all.filter(each => names.includes(textAt(each, 'metadata', 'name') ?? ''));
  };
  let all: JsonObject[] = [];
  const isLookedAt = (each: JsonObject) => objectsAt(each, 'status', 'conditions').length > 0;
  await until(`a word on each of ${type}`, 90_000, async () => {
    all = await get();
    return all.length === names.length && all.every(isLookedAt);
  });
  return all
    .filter(each => objectsAt(each, 'status', 'conditions').some(isRefused))
    .map(each => textAt(each, 'metadata', 'name') ?? '')
    .sort();
}

it('Applications are refused exactly where Argo CD says so', async () => {
  const declared = Object.entries(projects).map(([name, spec]) => object('AppProject', name, spec));
  const all = Object.entries(applications).map(([name, spec]) =>
    object('Application', `judged-${name}`, spec),
  );
  await applyOn(cd.plane, [...declared, ...all]);
  const names = all.map(each => textAt(each, 'metadata', 'name') ?? '');
  const theirs = await refusedByArgo(
    'applications.argoproj.io',
    names,
    ({ type }) => type === 'InvalidSpecError',
  );
  expect(theirs.length).toBeGreaterThan(5);
  expect(await refused([...declared, ...all])).toEqual(theirs);
}, 120_000);

it('generators are refused exactly where Argo CD says so', async () => {
  const all = Object.entries(generators).map(([name, generator]) =>
    object('ApplicationSet', `judged-${name}`, { generators: [generator], template }),
  );
  await applyOn(cd.plane, all);
  const names = all.map(each => textAt(each, 'metadata', 'name') ?? '');
  const theirs = await refusedByArgo(
    'applicationsets.argoproj.io',
    names,
    ({ type, status }) => type === 'ErrorOccurred' && status === 'True',
  );
  expect(theirs.length).toBeGreaterThan(3);
  expect(await refused(all)).toEqual(theirs);
}, 120_000);
