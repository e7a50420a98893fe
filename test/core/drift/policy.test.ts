import { describe, expect, it } from 'vitest';
import { chooseProfile } from '../../../src/core/drift/owners/profile.ts';
import { effectiveProfile, skipReason } from '../../../src/core/drift/prepare/policy.ts';
import { classifyUnmanaged } from '../../../src/core/drift/removed/unmanaged.ts';
import type { OwnerProfile } from '../../../src/core/model/drift.ts';
import type { JsonObject } from '../../../src/core/model/resource.ts';
import { managed } from './helpers.ts';

const flux: OwnerProfile = { mode: 'flux', manager: 'kustomize-controller' };
const argo: OwnerProfile = { mode: 'csa', manager: 'argocd-controller' };
const helm: OwnerProfile = { mode: 'ssa', manager: 'helm-controller' };
const kubectl: OwnerProfile = { mode: 'ssa', manager: 'kubectl' };

function conf(annotations: Record<string, string> = {}, labels: Record<string, string> = {}) {
  const metadata = { name: 'conf', namespace: 'shop', labels, annotations };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata } as JsonObject;
}

describe('what is not compared', () => {
  it.each([
    ['local-config', conf({ 'config.kubernetes.io/local-config': 'true' }), kubectl],
    ['an Argo CD hook', conf({ 'argocd.argoproj.io/hook': 'PreSync' }), argo],
    ['a Helm hook', conf({ 'helm.sh/hook': 'pre-install,pre-upgrade' }), kubectl],
    ['a Helm test', conf({ 'helm.sh/hook': 'test' }), helm],
    ['reconcile: disabled', conf({ 'kustomize.toolkit.fluxcd.io/reconcile': 'Disabled' }), flux],
    ['ssa: Ignore as a label', conf({}, { 'kustomize.toolkit.fluxcd.io/ssa': 'ignore' }), flux],
    [
      'driftDetection: disabled',
      conf({ 'helm.toolkit.fluxcd.io/driftDetection': 'disabled' }),
      helm,
    ],
    ['a generated name', { ...conf(), metadata: { generateName: 'job-' } }, kubectl],
    [
      'a kustomization',
      { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' },
      kubectl,
    ],
  ])('%s', (_, desired, profile) => {
    expect(skipReason(desired, conf(), profile)).toMatch(/\.$/);
  });

  it.each([
    ['Helm’s crd-install', conf({ 'helm.sh/hook': 'crd-install' }), argo],
    ['Argo CD’s marks for Flux', conf({ 'argocd.argoproj.io/hook': 'PreSync' }), flux],
    ['Flux’ marks for Argo CD', conf({ 'kustomize.toolkit.fluxcd.io/ssa': 'Ignore' }), argo],
    [
      'Flux’ marks for helm-controller',
      conf({ 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' }),
      helm,
    ],
  ])('is not %s', (_, desired, profile) => {
    expect(skipReason(desired, conf(), profile)).toBeUndefined();
  });

  it('is what Flux only creates, once it is there', () => {
    const once = conf({ 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' });
    expect(skipReason(once, undefined, flux)).toBeUndefined();
    expect(skipReason(once, conf(), flux)).toContain('IfNotPresent');
    expect(skipReason(conf(), once, flux)).toBeUndefined();
  });

  it('counts marks on the live object, too', () => {
    const off = conf({ 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' });
    expect(skipReason(conf(), off, flux)).toContain('reconcile');
  });

  it('keeps kubectl’s fields out of Flux’ with ssa: Merge', () => {
    const merge = conf({ 'kustomize.toolkit.fluxcd.io/ssa': 'Merge' });
    expect(effectiveProfile(flux, merge, conf())).toEqual({ ...flux, mode: 'ssa' });
    expect(effectiveProfile(flux, conf(), conf())).toEqual(flux);
  });

  it('follows an object’s own choice of server-side apply under Argo CD', () => {
    const option = (value: string) =>
      conf({ 'argocd.argoproj.io/sync-options': `Prune=false, ${value}` });
    const serverSide = { ...argo, mode: 'ssa' as const };
    expect(effectiveProfile(argo, option('ServerSideApply=true'), conf())).toEqual(serverSide);
    expect(effectiveProfile(serverSide, option('ServerSideApply=false'), conf())).toEqual(argo);
    expect(effectiveProfile(argo, option('Replace=true'), conf())).toEqual(argo);
    expect(effectiveProfile(kubectl, option('ServerSideApply=false'), conf())).toEqual(kubectl);
  });
});

describe('who applies an object', () => {
  const applied = (manager: string, operation = 'Apply', live = conf()) =>
    managed(live, { manager, operation, fields: { 'f:data': {} } });
  const tracked = conf({ 'argocd.argoproj.io/tracking-id': 'shop:/ConfigMap:shop/conf' });
  const released = conf({ 'meta.helm.sh/release-name': 'r' });
  const last = conf({ 'kubectl.kubernetes.io/last-applied-configuration': '{}' });

  it.each([
    ['nothing', conf(), 'ssa kubectl'],
    [
      'a label of Flux',
      conf({}, { 'kustomize.toolkit.fluxcd.io/name': 'a' }),
      'flux kustomize-controller',
    ],
    ['a tracking id', tracked, 'csa argocd-controller'],
    [
      'a tracking id and a server-side apply',
      applied('argocd-controller', 'Apply', tracked),
      'ssa argocd-controller',
    ],
    [
      'a tracking id that was copied along',
      conf({ 'argocd.argoproj.io/tracking-id': 'shop:/ConfigMap:shop/other' }),
      'ssa kubectl',
    ],
    ['a Helm 4 release', applied('helm', 'Apply', released), 'ssa helm'],
    ['a Helm 3 release', applied('helm', 'Update', released), 'csa3 helm'],
    ['one Apply entry', applied('fleet'), 'ssa fleet'],
    ['one Apply entry of Flux', applied('kustomize-controller'), 'flux kustomize-controller'],
    ['an Update entry', applied('fleet', 'Update'), 'ssa kubectl'],
    ['a last-applied annotation', last, 'csa kubectl-client-side-apply'],
  ])('is seen by %s', (_, live, expected) => {
    const { mode, manager } = chooseProfile(live, {});
    expect(`${mode} ${manager}`).toBe(expected);
  });

  it('is what was said before anything that is seen', () => {
    expect(chooseProfile(tracked, { application: flux })).toEqual(flux);
    expect(chooseProfile(tracked, { said: helm, application: flux })).toEqual(helm);
    expect(chooseProfile(tracked, { usual: helm })).toEqual(argo);
    expect(chooseProfile(conf(), { usual: helm })).toEqual(helm);
  });
});

describe('a live object that no manifest declares', () => {
  const labels = (name: string) => ({
    'kustomize.toolkit.fluxcd.io/name': name,
    'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
  });
  const deployer = { engine: 'flux' as const, name: 'shop', namespace: 'flux-system' };
  const argoApp = { engine: 'argocd' as const, name: 'shop', namespace: 'argocd' };
  const release = { engine: 'helm' as const, name: 'r', namespace: 'shop' };
  const tracking = (app: string, more = {}) =>
    conf({ 'argocd.argoproj.io/tracking-id': `${app}:/ConfigMap:shop/conf`, ...more });

  const released = {
    'meta.helm.sh/release-name': 'r',
    'meta.helm.sh/release-namespace': 'shop',
  };
  const elsewhere = { ...released, 'meta.helm.sh/release-namespace': 'other' };

  it.each([
    ['of the release’s namesake', conf(elsewhere), helm, release, false, 'untracked'],
    ['Flux’ own', conf({}, labels('shop')), flux, deployer, false, 'prune-candidate'],
    ['another Kustomization’s', conf({}, labels('web')), flux, deployer, true, 'untracked'],
    ['nobody’s', conf(), flux, deployer, false, 'untracked'],
    ['in the inventory', conf({}, labels('shop')), flux, deployer, true, 'prune-candidate'],
    ['in the inventory, without its labels', conf(), flux, deployer, true, 'orphan'],
    [
      'of a Kustomization that does not prune',
      conf({}, labels('shop')),
      flux,
      { ...deployer, prunes: false },
      true,
      'orphan',
    ],
    ['the Application’s', tracking('shop'), argo, argoApp, false, 'prune-candidate'],
    [
      'the Application’s, named with its namespace',
      tracking('argocd_shop'),
      argo,
      argoApp,
      false,
      'prune-candidate',
    ],
    ['another Application’s', tracking('web'), argo, argoApp, true, 'untracked'],
    [
      'extraneous on purpose',
      tracking('shop', { 'argocd.argoproj.io/compare-options': 'IgnoreExtraneous' }),
      argo,
      argoApp,
      false,
      'skipped',
    ],
    ['a release’s', conf(released), helm, release, false, 'prune-candidate'],
    [
      'another release’s',
      conf({ ...released, 'meta.helm.sh/release-name': 'x' }),
      helm,
      release,
      false,
      'untracked',
    ],
    [
      'kept by Helm',
      conf({ 'meta.helm.sh/release-name': 'r', 'helm.sh/resource-policy': 'keep' }),
      helm,
      release,
      false,
      'orphan',
    ],
  ])('%s', (_, live, profile, by, listed, state) => {
    expect(classifyUnmanaged(live, profile, by, listed).state).toBe(state);
  });

  it('belongs to its owner, whatever its labels say', () => {
    const live = conf({}, labels('shop'));
    (live.metadata as JsonObject).ownerReferences = [{ kind: 'X', name: 'x', uid: '1' }];
    expect(classifyUnmanaged(live, flux, deployer, true).state).toBe('untracked');
  });
});
