import { describe, expect, it } from 'vitest';
import {
  applicationChoices,
  givenTarget,
  objectChoices,
  targetsInFile,
  withApplication,
} from '../../src/editor/targets.ts';
import type { MarkerLine } from '../../src/lsp/protocol.ts';
import { production, resource, staging, web, workspace } from './states.ts';

const deployment = resource('Deployment', 'web');
const service = resource('Service', 'web');

function marker(line: number, about = deployment): MarkerLine {
  return { line, text: '', state: 'drifted', environment: 'production', object: about };
}

describe('what a line of a file is about', () => {
  const prefixed = resource('Service', 'prod-web');
  const objects = [
    {
      line: 1,
      resource: deployment,
      environments: [
        { name: 'production', state: 'drifted' as const, fields: 1, object: deployment },
        { name: 'staging', state: 'synced' as const, fields: 0, object: deployment },
      ],
    },
    {
      line: 20,
      resource: service,
      environments: [
        { name: 'production', state: 'synced' as const, fields: 0, object: prefixed },
        { name: 'staging', state: 'synced' as const, fields: 0, object: service },
      ],
    },
  ];
  const about = { environment: 'production', object: deployment };

  it('is the object that holds it, in the environment that drifts, as it is named there', () => {
    expect(targetsInFile(objects, [], 19)).toEqual([about]);
    expect(targetsInFile(objects, [], 20)).toEqual([
      { environment: 'production', object: prefixed },
      { environment: 'staging', object: service },
    ]);
  });

  it('is first of all the marker on it', () => {
    expect(targetsInFile(objects, [marker(24)], 25)).toEqual([about]);
  });

  it('is in a patch what all its markers are about', () => {
    expect(targetsInFile([], [marker(6), marker(8)], 1)).toEqual([about]);
    expect(targetsInFile([], [marker(6), marker(8, service)], 1)).toEqual([]);
    expect(targetsInFile([], [], 1)).toEqual([]);
  });

  it('is of a whole file its only object', () => {
    expect(targetsInFile(objects.slice(0, 1), [], undefined)).toEqual([about]);
    expect(targetsInFile(objects, [], undefined)).toEqual([]);
  });
});

describe('targets', () => {
  it('come from whoever calls a command, if they are whole', () => {
    const target = { environment: 'production', object: deployment };
    expect(givenTarget(target)).toEqual(target);
    expect(givenTarget({ ...target, object: { kind: 'Deployment' } })).toEqual({
      environment: 'production',
    });
    for (const other of [undefined, 'production', { name: 'x' }, null]) {
      expect(givenTarget(other)).toBeUndefined();
    }
  });

  it('know the application of their object', () => {
    const state = workspace([production, staging]);
    const target = { environment: 'production', object: web.resource };
    expect(withApplication(state, target)).toEqual({ ...target, application: 'shop' });
    const elsewhere = { environment: 'other', object: web.resource };
    expect(withApplication(state, elsewhere)).toEqual(elsewhere);
  });

  it('are offered within what is known, what drifts first', () => {
    const state = workspace([staging, production]);
    expect(applicationChoices(state, {}).map(({ description }) => description)).toEqual([
      'staging · in sync',
      'production · 1 drifted, 1 missing',
    ]);
    expect(
      objectChoices(state, {}).map(({ label, description }) => `${label} ${description}`),
    ).toEqual([
      'Deployment shop/web production · drifted',
      'PodDisruptionBudget shop/web production · missing',
      'Deployment shop/web staging · in sync',
      'Service shop/web production · in sync',
      'ConfigMap shop/settings production · in sync',
    ]);
    expect(objectChoices(state, { environment: 'staging' })).toHaveLength(1);
    expect(objectChoices(state, { object: service })).toHaveLength(1);
  });
});
