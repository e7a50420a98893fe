import { readFileSync } from 'node:fs';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { healthOf, worstHealth } from '../../../../src/core/cluster/health.ts';
import type { Health } from '../../../../src/core/model/health.ts';
import { isObject, type JsonObject } from '../../../../src/core/model/resource.ts';

interface Case {
  name: string;
  status: Health['status'];
  reason?: string;
  object: JsonObject;
}

const now = new Date('2026-03-04T09:00:00Z');
const text = readFileSync(`${import.meta.dirname}/cases.yaml`, 'utf8');
const cases = load(text, { schema: CORE_SCHEMA.withTags(mergeTag) }) as Case[];

describe('how a live object fares', () => {
  it.each(cases)('$name: $status', ({ object, status, reason = '' }) => {
    const metadata = { name: 'one', ...(isObject(object.metadata) ? object.metadata : {}) };
    const health = healthOf({ ...object, metadata }, now);
    expect(health.status).toBe(status);
    expect((health.reason ?? '').toLowerCase()).toContain(reason.toLowerCase());
    if (status !== 'Healthy' && status !== 'None') expect(health.reason).toMatch(/[.!?…]$/);
  });

  it('tests no case twice', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });
});

describe('how an application fares', () => {
  const part = (name: string, status: Health['status'], reason?: string) => ({
    resource: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name },
    health: { status, ...(reason === undefined ? {} : { reason }) },
  });

  it('is as the worst of its objects, which is named', () => {
    const parts = [part('a', 'Healthy'), part('b', 'Progressing', '1 of 2 replicas is ready.')];
    expect(worstHealth([...parts, part('c', 'Degraded', 'It failed.')])).toEqual({
      status: 'Degraded',
      reason: 'Deployment shop/c: It failed.',
    });
    expect(worstHealth([...parts, part('c', 'Progressing', 'x')])).toEqual({
      status: 'Progressing',
      reason: 'Deployment shop/b: 1 of 2 replicas is ready. And 1 more.',
    });
  });

  it('is healthy where some object is and none says otherwise', () => {
    expect(worstHealth([part('a', 'None'), part('b', 'Healthy', 'Fine.')])).toEqual({
      status: 'Healthy',
    });
  });

  it('is not said to be healthy where no object has a state', () => {
    expect(worstHealth([part('a', 'None')])).toEqual({ status: 'None' });
    expect(worstHealth([])).toEqual({ status: 'None' });
  });
});
