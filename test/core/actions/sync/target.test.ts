import { describe, expect, it } from 'vitest';
import { unitsOf } from '../../../../src/core/actions/sync/target.ts';
import type { Application, Environment } from '../../../../src/core/model/environment.ts';

const origin = { file: 'all.yaml', line: 1, column: 1 };

function application(name: string, dependsOn: string[] = [], controller?: string): Application {
  return {
    name,
    engine: 'argocd',
    source: { kind: 'unresolved', reason: 'not looked for' },
    owner: { mode: 'csa', manager: 'argocd-controller' },
    dependsOn,
    origin,
    ignore: [],
    ...(controller && {
      controller: {
        group: 'argoproj.io',
        version: 'v1alpha1',
        kind: 'Application',
        namespace: 'argocd',
        name: controller,
      },
    }),
  };
}

function environment(...applications: Application[]): Environment {
  return {
    name: 'staging',
    engine: 'argocd',
    applications,
    cluster: { kind: 'none', reason: 'none' },
    namespace: 'default',
    protected: false,
    origin,
    ignore: [],
    unresolved: [],
  };
}

const names = (units: { names: string[] }[]) => units.map(unit => unit.names.join('+'));

describe('what is told to the engines', () => {
  it('comes after what it depends on, else in the order in which it is declared', () => {
    const staging = environment(
      application('web', ['database', 'network']),
      application('database', ['network']),
      application('jobs'),
      application('network'),
    );
    expect(names(unitsOf(staging, undefined))).toEqual(['network', 'database', 'web', 'jobs']);
    expect(names(unitsOf(staging, 'web'))).toEqual(['web']);
  });

  it('is each once, also in a ring', () => {
    const staging = environment(application('a', ['b']), application('b', ['a']));
    expect(names(unitsOf(staging, undefined))).toEqual(['b', 'a']);
  });

  it('is one Application once, however many sources it has', () => {
    const staging = environment(
      application('shop', [], 'shop'),
      application('shop (source 2)', [], 'shop'),
    );
    expect(names(unitsOf(staging, undefined))).toEqual(['shop+shop (source 2)']);
  });

  it('must be there', () => {
    const staging = environment(application('web'));
    expect(() => unitsOf(staging, 'wev')).toThrow(
      'staging has no application named wev; did you mean web?',
    );
    expect(() => unitsOf(environment(), undefined)).toThrow('staging has no application.');
  });
});
