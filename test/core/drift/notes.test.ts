import { afterAll, describe, expect, it } from 'vitest';
import { compareObjects } from '../../../src/core/drift/compare.ts';
import type { DriftInput } from '../../../src/core/drift/input.ts';
import type { DriftResult } from '../../../src/core/model/drift.ts';
import type { JsonObject } from '../../../src/core/model/resource.ts';
import { createSchemas } from '../../../src/core/schemas/schemas.ts';
import { Judge } from '../../../src/core/upstream/judge.ts';
import { input, managed, object } from './helpers.ts';

const judge = new Judge();
afterAll(() => judge.close());

async function compare(desired: JsonObject, live: JsonObject, more: Partial<DriftInput>) {
  const [result] = await compareObjects([input(desired, live, more)], {
    judge,
    schemas: createSchemas({ version: '1.33' }),
    target: '1.33',
  });
  return result as DriftResult;
}

const conf = (value: string, metadata = '') =>
  object(
    `{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: shop${metadata}}, data: {a: '${value}'}}`,
  );
const helm: Partial<DriftInput> = { owners: { said: { mode: 'ssa', manager: 'helm-controller' } } };

describe('what is said beside a difference', () => {
  it.each([
    ['disabled', 'before the next upgrade'],
    ['warn', 'reports it'],
  ] as const)('that helm-controller is told to do no more: %s', async (correction, words) => {
    const drifted = await compare(conf('1'), conf('2'), { ...helm, correction });
    expect(drifted.notes.join()).toContain(words);
    const same = await compare(conf('1'), conf('1'), { ...helm, correction });
    expect(same.notes).toEqual([]);
  });

  it('nothing where helm-controller corrects it', async () => {
    const { notes } = await compare(conf('1'), conf('2'), { ...helm, correction: 'enabled' });
    expect(notes).toEqual([]);
  });

  it('that Flux leaves metadata other than labels and annotations', async () => {
    const { notes } = await compare(conf('1', ', finalizers: [a.io/b]'), conf('1'), {
      owners: { said: { mode: 'flux', manager: 'kustomize-controller' } },
    });
    expect(notes).toEqual(['Flux does not repair .metadata.finalizers on its own.']);
  });

  it('who scales it, by what stands on the object', async () => {
    const replicas = (count: number) =>
      object(
        `{apiVersion: v1, kind: ReplicationController, metadata: {name: w, namespace: shop}, spec: {replicas: ${count}}}`,
      );
    const scaled = (manager: string, subresource: string | undefined) =>
      managed(replicas(5), {
        manager,
        ...(subresource === undefined ? {} : { subresource }),
        fields: { 'f:spec': { 'f:replicas': {} } },
      });
    const preset = async (live: JsonObject) =>
      (await compare(replicas(2), live, {})).paths.map(({ suggests }) => suggests?.preset);
    expect(await preset(scaled('kube-controller-manager', 'scale'))).toEqual(['hpa-replicas']);
    expect(await preset(scaled('keda-operator', 'scale'))).toEqual(['keda-replicas']);
    expect(await preset(scaled('kubectl', 'scale'))).toEqual([undefined]);
    expect(await preset(scaled('kube-controller-manager', undefined))).toEqual([undefined]);
  });

  it('that kubectl apply left what git does not declare', async () => {
    const annotation = ", annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}";
    const live = { ...conf('1', annotation), data: { a: '1', b: '2' } };
    const left = managed(live, {
      manager: 'kubectl-client-side-apply',
      fields: { 'f:data': { 'f:b': {} } },
    });
    expect((await compare(conf('1'), left, {})).notes.join()).toContain('kubectl apply before');
  });
});
