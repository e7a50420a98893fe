import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRenderer } from '../render/harness.ts';
import { type Made, madeHere, recorded } from './argocd-fixture.ts';

// Recorded from Argo CD 3.5.7: `UPDATE=1` with test/servers/argo-manifests.test.ts does it anew.
const argo = recorded();
const { program, resident } = startRenderer();
let here: Made;
beforeAll(async () => {
  here = await madeHere(program);
});
afterAll(() => resident.close());

describe('what Argo CD made of', () => {
  it.each(Object.keys(argo.applications))('the Application %s is what we render', name => {
    expect(here.applications[name]).toEqual(argo.applications[name]);
  });

  it.each(Object.keys(argo.sets))('the ApplicationSet %s is what we expand', name => {
    expect(here.sets[name]).toEqual(argo.sets[name]);
  });

  it('the fixture is all of it', () => {
    expect(Object.keys(here.applications).sort()).toEqual(Object.keys(argo.applications).sort());
    expect(Object.keys(here.sets).sort()).toEqual(Object.keys(argo.sets).sort());
  });
});
