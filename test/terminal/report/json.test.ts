import { describe, expect, it } from 'vitest';
import { driftJson, traceJson, validateJson } from '../../../src/terminal/report/json.ts';
import { object, sketch } from './sample.ts';
import { all, secrets } from './sample-all.ts';
import { findings } from './validate-sample.ts';

describe('the JSON of drift', () => {
  const json = JSON.parse(driftJson(sketch));

  it('has the fields of the contract', () => {
    expect(json).toMatchObject({ version: 1, command: 'drift' });
    const [production] = json.environments;
    expect(production).toMatchObject({
      name: 'production',
      cluster: { context: 'prod-eu', server: 'https://10.0.0.1:6443', uid: '0a1b-2c3d' },
      revision: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
      engine: 'flux',
    });
    expect(Object.keys(production.counts).sort()).toEqual(
      [
        ...['synced', 'drifted', 'missing', 'suspect', 'invalid', 'skipped', 'unknown'],
        ...['untracked', 'prune-candidate', 'orphan', 'terminating'],
      ].sort(),
    );
    expect(production.counts).toMatchObject({ synced: 41, drifted: 3, missing: 1, unknown: 2 });
    expect(production.objects[0]).toEqual({
      object: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
      state: 'drifted',
      confirmed: 'dry-run',
      recreate: false,
      equivalent: false,
      source: { file: 'base/deployment.yaml', line: 1 },
      paths: [
        {
          path: '.spec.replicas',
          kind: 'changed',
          desired: 3,
          live: 5,
          by: [
            {
              manager: 'kubectl-scale',
              operation: 'Update',
              subresource: 'scale',
              time: '2026-03-04T09:00:00.000Z',
            },
          ],
          source: { file: 'overlays/production/replicas.yaml', line: 7, column: 13 },
        },
        expect.objectContaining({ path: '.spec.template.spec.containers[name="app"].image' }),
      ],
      extra: [expect.objectContaining({ by: expect.anything() })],
      notes: [],
    });
  });

  it('lists what is in sync only with all, and what was not checked always', () => {
    const [production] = json.environments;
    expect(production.objects).toHaveLength(4);
    expect(production.notChecked).toHaveLength(2);
    expect(JSON.parse(driftJson(sketch, { all: true })).environments[0].objects).toHaveLength(45);
  });

  it('masks secrets', () => {
    expect(driftJson(sketch)).toContain('"live": "••• (changed)"');
    expect(driftJson(sketch) + driftJson(all, { all: true })).not.toMatch(secrets);
  });
});

describe('the JSON of validate', () => {
  it('has the fields of the contract', () => {
    const json = JSON.parse(validateJson(findings));
    expect(Object.keys(json)).toEqual([
      ...['version', 'command', 'findings', 'suppressed', 'checked', 'notChecked'],
    ]);
    expect(json.suppressed).toMatchObject({ error: 1, warning: 1, information: 0 });
    expect(json.suppressed.findings[0]).toEqual({
      ...{ rule: 'node-port-range', severity: 'warning', file: 'base/service.yaml' },
      ...{ line: 9, column: 5, by: 'comment', reason: 'The cluster has another range of ports.' },
    });
    expect(json.findings[0]).toEqual({
      rule: 'unknown-field',
      severity: 'error',
      file: 'apps/web/deployment.yaml',
      line: 11,
      column: 9,
      endLine: 11,
      endColumn: 14,
      message: 'A container has no field "prots"; did you mean "ports"?',
      path: '.spec.template.spec.containers[name="応用"].prots',
      object: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
      environments: ['production', 'staging'],
    });
    expect(json.findings[1].fix).toBe('Take the quotes away.');
    expect(json.checked).toEqual({ files: 12, documents: 30, objects: 47 });
    expect(json.notChecked[1]).toEqual({
      file: 'base/widget.yaml',
      line: 9,
      reason: 'There is no schema for widgets.example.com/v1 Widget.',
    });
  });
});

describe('the JSON of trace', () => {
  const place = { file: 'a.yaml', line: 3, column: 5, how: 'exact' as const, via: ['b.yaml:1'] };

  it('says where fields come from, and masks secrets', () => {
    const json = JSON.parse(
      traceJson({
        kind: 'objects',
        notChecked: [],
        objects: [
          {
            object: object('v1', 'Secret', 'shop/db'),
            fields: [
              { path: '.data.a', value: 'aHVudGVyMg==', ...place },
              { path: '.type', value: 'Opaque', ...place },
            ],
          },
        ],
      }),
    );
    expect(json.objects[0].fields).toEqual([
      { path: '.data.a', value: '•••', ...place },
      { path: '.type', value: 'Opaque', ...place },
    ]);
  });

  it('says what a line reaches', () => {
    const web = object('apps/v1', 'Deployment', 'shop/web');
    const json = JSON.parse(
      traceJson({
        kind: 'reaches',
        place: { file: 'a.yaml', line: 3 },
        reaches: [
          {
            environment: 'production',
            application: 'shop',
            object: web,
            path: '.spec.replicas',
            how: 'decides',
          },
        ],
        compared: ['production'],
        notCompared: [],
      }),
    );
    expect(json).toMatchObject({ file: 'a.yaml', line: 3, compared: ['production'] });
    expect(json.reaches).toEqual([
      {
        environment: 'production',
        application: 'shop',
        object: web,
        path: '.spec.replicas',
        how: 'decides',
      },
    ]);
  });
});
