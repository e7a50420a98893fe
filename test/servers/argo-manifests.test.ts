import { existsSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { objectsAt, textAt } from '../../src/core/model/fields.ts';
import type { JsonObject } from '../../src/core/model/resource.ts';
import {
  comparable,
  fleet,
  fleetFiles,
  type Made,
  recorded,
  recordedFile,
  sorted,
} from '../core/environments/argocd-fixture.ts';
import { kubectlOn } from './kubectl.ts';
import { until } from './processes.ts';
import { argo } from './servers.ts';
import { WorkRepository } from './work-repository.ts';

// What the fast test test/core/environments/argocd-recorded compares with is what this Argo CD makes.
let cd: Awaited<ReturnType<typeof argo>>;
let repository: WorkRepository;
const declaring = ['clusters.yaml', 'apps.yaml', 'sets.yaml'];
const here = (text: string) => text.replaceAll(fleet, `file://${repository.folder}`);
const recordable = (text: string) => text.replaceAll(`file://${repository.folder}`, fleet);

beforeAll(async () => {
  cd = await argo();
  repository = await WorkRepository.create({ 'README.md': 'The fleet.\n' });
  const files = Object.entries(fleetFiles()).map(([name, text]) => [name, here(text)] as const);
  await repository.commit('The fleet', Object.fromEntries(files));
  for (const name of declaring)
    await kubectlOn(cd.plane, ['apply', '--server-side', '-f', '-'], {
      input: here(fleetFiles()[name] ?? ''),
    });
});
afterAll(async () => {
  await kubectlOn(cd.plane, ['delete', ...sets, '--all', '--cascade=orphan']);
  for (const { metadata } of await list('applications.argoproj.io')) {
    const application = [...applications, textAt(metadata, 'name') ?? ''];
    const patch = '{"metadata":{"finalizers":null}}';
    await kubectlOn(cd.plane, ['patch', ...application, '--type=merge', '--patch', patch]);
    // Those of a set may go by themselves.
    await kubectlOn(cd.plane, ['delete', '--ignore-not-found', ...application]);
  }
  await kubectlOn(cd.plane, ['delete', '-f', '-'], { input: fleetFiles()['clusters.yaml'] });
  repository.remove();
});

const applications = ['applications.argoproj.io', '--namespace', 'argocd'];
const sets = ['applicationsets.argoproj.io', '--namespace', 'argocd'];

async function list(type: string): Promise<JsonObject[]> {
  const text = await kubectlOn(cd.plane, ['get', type, '--namespace', 'argocd', '-o', 'json']);
  return objectsAt(JSON.parse(recordable(text)), 'items');
}

/** The Applications that sets made, once every set has said that it is done or cannot be. */
async function madeBySets(): Promise<Made['sets']> {
  let all: JsonObject[] = [];
  const says = (set: JsonObject, type: string) =>
    objectsAt(set, 'status', 'conditions').some(
      condition => condition.type === type && condition.status === 'True',
    );
  await until('the ApplicationSets', 60_000, async () => {
    all = await list('applicationsets.argoproj.io');
    return all.every(set => says(set, 'ResourcesUpToDate') || says(set, 'ErrorOccurred'));
  });
  const made = await list('applications.argoproj.io');
  const of = (set: JsonObject) =>
    made.filter(({ metadata }) =>
      objectsAt(metadata, 'ownerReferences').some(
        owner => owner.name === textAt(set, 'metadata', 'name'),
      ),
    );
  return Object.fromEntries(
    all.map(set => [
      textAt(set, 'metadata', 'name') ?? '',
      says(set, 'ErrorOccurred')
        ? null
        : Object.fromEntries(
            of(set).map(each => [textAt(each, 'metadata', 'name') ?? '', comparable(each)]),
          ),
    ]),
  );
}

/** The manifests that Argo CD makes of an Application; of two for one object the one that it applies. */
async function manifestsOf(name: string): Promise<JsonObject[] | null> {
  const response = await fetch(`${cd.url}/api/v1/applications/${name}/manifests`);
  if (!response.ok) return null;
  const { manifests } = (await response.json()) as { manifests: string[] };
  const objects = manifests.map(text => JSON.parse(recordable(text)) as JsonObject);
  const byKey = new Map(
    objects.map(object => [
      `${object.kind} ${textAt(object, 'metadata', 'namespace') ?? 'shop'} ${textAt(object, 'metadata', 'name')}`,
      object,
    ]),
  );
  return sorted([...byKey.values()]);
}

it('Argo CD makes of the fixture what is recorded', async () => {
  const made: Made = { applications: {}, sets: await madeBySets() };
  for (const { metadata } of await list('applications.argoproj.io')) {
    const name = textAt(metadata, 'name') ?? '';
    if (objectsAt(metadata, 'ownerReferences').length > 0) continue;
    made.applications[name] = await manifestsOf(name);
  }
  if (process.env.UPDATE) writeFileSync(recordedFile, `${JSON.stringify(made, null, 1)}\n`);
  expect(existsSync(recordedFile) && recorded()).toEqual(made);
}, 180_000);

it('of one object that two sources make it applies the later one', async () => {
  const get = ['get', ...applications, 'several', '-o', 'json'];
  let conditions: JsonObject[] = [];
  await until('the comparison', 60_000, async () => {
    conditions = objectsAt(JSON.parse(await kubectlOn(cd.plane, get)), 'status', 'conditions');
    return conditions.length > 0;
  });
  expect(conditions.map(({ type }) => type)).toContain('RepeatedResourceWarning');
  const response = await fetch(`${cd.url}/api/v1/applications/several/managed-resources`);
  const { items } = (await response.json()) as { items: { name: string; targetState: string }[] };
  const targets = items
    .filter(({ name }) => name === 'values')
    .map(each => JSON.parse(each.targetState));
  expect(targets.map(target => target.data)).toEqual([{ from: 'extra' }]);
});
