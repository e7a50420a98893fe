import { describe, expect, it } from 'vitest';
import { provenUnchanged } from '../../../src/core/drift/proof.ts';
import { anyType } from '../../../src/core/drift/typed-path.ts';
import type { OwnerProfile } from '../../../src/core/model/drift.ts';
import type { JsonObject } from '../../../src/core/model/resource.ts';
import { createSchemas } from '../../../src/core/schemas/schemas.ts';
import { managed, object } from './helpers.ts';

const schemas = createSchemas({ version: '1.33' });
const ssa: OwnerProfile = { mode: 'ssa', manager: 'mgr' };
const flux: OwnerProfile = { mode: 'flux', manager: 'kustomize-controller' };
const csa: OwnerProfile = { mode: 'csa', manager: 'argocd-controller' };

const service = (spec: string, metadata = '') =>
  object(`{apiVersion: v1, kind: Service, metadata: {name: s${metadata}}, spec: ${spec}}`);

function proven(
  desired: JsonObject,
  live: JsonObject,
  profile = ssa,
  previous?: JsonObject,
): boolean {
  const found = schemas.lookup({ group: '', version: 'v1', kind: 'Service' });
  if (!found.found) throw new Error(found.reason);
  const { type, builtin } = found.kind;
  return provenUnchanged({ desired, live, type, builtin, profile, previous });
}

const http = '{port: 80, targetPort: 8080}';
const defaulted = '{port: 80, protocol: TCP, targetPort: 8080}';
const admin = '{port: 81, protocol: TCP}';

describe('what the proof settles', () => {
  it.each([
    ['equal values', '{type: ClusterIP}', '{type: ClusterIP}'],
    [
      'defaults and fields of others',
      '{type: ClusterIP}',
      '{type: ClusterIP, clusterIP: 10.0.0.1}',
    ],
    ['an item whose key is defaulted', `{ports: [${http}]}`, `{ports: [${defaulted}]}`],
    [
      'items of others between ours',
      `{ports: [${http}, ${admin}]}`,
      `{ports: [${defaulted}, {port: 7}, ${admin}]}`,
    ],
    ['an atomic map that is wholly equal', '{selector: {a: b}}', '{selector: {a: b}}'],
    ['an empty map on both sides', '{selector: {}}', '{selector: {}}'],
    ['a null of nothing', '{type: ClusterIP, externalName: null}', '{type: ClusterIP}'],
    ['an empty list of nothing', '{type: ClusterIP, ports: []}', '{type: ClusterIP}'],
    ['a zero that is not written', '{publishNotReadyAddresses: false}', '{}'],
    ['one number in two spellings', '{ports: [{port: 80.0}]}', '{ports: [{port: 80}]}'],
  ])('%s', (_, desired, live) => expect(proven(service(desired), service(live))).toBe(true));
});

describe('what it leaves to the judge', () => {
  it.each([
    ['another value', '{type: ClusterIP}', '{type: NodePort}'],
    ['a missing value', '{type: ClusterIP}', '{}'],
    ['another type of value', '{type: "1"}', '{type: 1}'],
    ['null', '{type: null}', '{type: ClusterIP}'],
    ['an empty list among nothing else', '{ports: []}', '{}'],
    ['a zero that may be written', '{healthCheckNodePort: 0}', '{}'],
    ['an empty structure', '{sessionAffinityConfig: {}}', '{}'],
    [
      'an empty structure where live has fields',
      '{sessionAffinityConfig: {}}',
      '{sessionAffinityConfig: {clientIP: {}}}',
    ],
    ['an empty map where live has fields', '{selector: {}}', '{selector: {a: b}}'],
    ['an empty list', '{ports: []}', `{ports: [${http}]}`],
    ['an atomic map with more in it', '{selector: {a: b}}', '{selector: {a: b, c: d}}'],
    ['an atomic list in another order', '{externalIPs: [a, b]}', '{externalIPs: [b, a]}'],
    ['items in another order', `{ports: [${http}, ${admin}]}`, `{ports: [${admin}, ${defaulted}]}`],
    ['an item that is not there', `{ports: [${http}, ${admin}]}`, `{ports: [${defaulted}]}`],
    ['an item twice in git', `{ports: [${http}, ${http}]}`, `{ports: [${defaulted}]}`],
    ['an item twice in live', `{ports: [${http}]}`, `{ports: [${defaulted}, ${defaulted}]}`],
    ['a field that nobody knows', '{sort: x}', '{sort: x}'],
  ])('%s', (_, desired, live) => expect(proven(service(desired), service(live))).toBe(false));

  it('another apiVersion', () => {
    const desired = { ...service('{}'), apiVersion: 'v2' };
    expect(proven(desired, service('{}'))).toBe(false);
  });
});

describe('what the owner applied before', () => {
  const live = (manager: string, operation: string, fields: JsonObject, more = {}) =>
    managed(service('{type: NodePort, selector: {a: b}}', ', labels: {x: y}'), {
      manager,
      operation,
      fields,
      ...more,
    });
  const selector = { 'f:spec': { 'f:selector': {} } };
  const label = { 'f:metadata': { 'f:labels': { 'f:x': {} } } };
  const desired = service('{type: NodePort}');

  it('must be declared still, where it lives', () => {
    expect(proven(desired, live('mgr', 'Apply', selector))).toBe(false);
    expect(proven(desired, live('mgr', 'Apply', label))).toBe(false);
    expect(
      proven(service('{type: NodePort, selector: {a: b}}'), live('mgr', 'Apply', selector)),
    ).toBe(true);
    expect(proven(desired, live('mgr', 'Apply', { 'f:spec': { 'f:externalName': {} } }))).toBe(
      true,
    );
  });

  it('is what its own Apply entry says, without subresources', () => {
    expect(proven(desired, live('mgr', 'Update', selector))).toBe(true);
    expect(proven(desired, live('other', 'Apply', selector))).toBe(true);
    expect(proven(desired, live('mgr', 'Apply', selector, { subresource: 'status' }))).toBe(true);
  });

  it('is not known where it was written in another version', () => {
    expect(
      proven(desired, live('mgr', 'Apply', { 'f:spec': { 'f:type': {} } }, { apiVersion: 'v0' })),
    ).toBe(false);
  });

  it('is kubectl’s, too, for Flux', () => {
    expect(proven(desired, live('kubectl-edit', 'Update', selector), flux)).toBe(false);
    expect(proven(desired, live('kubectl-edit', 'Update', selector))).toBe(true);
    expect(proven(desired, live('controller', 'Update', selector), flux)).toBe(true);
  });

  it('is the last applied manifest, for client-side apply', () => {
    const annotated = (applied: string) =>
      service(
        '{type: NodePort, selector: {a: b}}',
        `, annotations: {kubectl.kubernetes.io/last-applied-configuration: '${applied}'}`,
      );
    expect(proven(desired, annotated('{"spec":{"type":"NodePort"}}'), csa)).toBe(true);
    expect(proven(desired, annotated('{"spec":{"selector":{"a":"b"}}}'), csa)).toBe(false);
    expect(proven(desired, annotated('{"spec":'), csa)).toBe(false);
    expect(proven(desired, service('{type: NodePort}'), csa)).toBe(true);
  });

  it('is the previous release, for Helm 3', () => {
    const csa3: OwnerProfile = { mode: 'csa3', manager: 'helm' };
    const running = service('{type: NodePort, selector: {a: b}}');
    expect(proven(desired, running, csa3, service('{selector: {a: b}}'))).toBe(false);
    expect(proven(desired, running, csa3, service('{type: NodePort}'))).toBe(true);
  });

  it('is not known of a custom kind that somebody wrote in another version', () => {
    const widget = (...versions: string[]) => ({
      ...object('{apiVersion: example.com/v1, kind: Widget, spec: {size: 1}}'),
      metadata: {
        name: 'w',
        managedFields: versions.map(version => ({ apiVersion: `example.com/${version}` })),
      },
    });
    const { managedFields: _, ...metadata } = widget().metadata;
    const manifest = { ...widget(), metadata };
    const settled = (live: JsonObject) =>
      provenUnchanged({ desired: manifest, live, type: anyType, builtin: false, profile: csa });
    expect(settled(widget('v1'))).toBe(true);
    expect(settled(widget('v1', 'v2'))).toBe(false);
  });

  it('is merged by the first key in a patch, where the items are the same ones', () => {
    const of = (...ports: string[]) => service(`{ports: [${ports.join()}]}`);
    expect(proven(of(http), of(defaulted), csa)).toBe(true);
    expect(proven(of(http), of(defaulted, admin), csa)).toBe(false);
    expect(proven(of(http, admin), of(admin, defaulted), csa)).toBe(false);
    const twice = ['{port: 53, protocol: UDP}', '{port: 53, protocol: TCP}'];
    expect(proven(of(...twice), of(...twice), csa)).toBe(false);
  });

  it('is the annotations of kubectl’s own, where the manifest has none', () => {
    const note = `kubectl.kubernetes.io/last-applied-configuration: '{"metadata":{"annotations":{}},"spec":{"type":"NodePort"}}'`;
    const live = service('{type: NodePort}', `, annotations: {${note}}`);
    expect(proven(desired, live, csa)).toBe(true);
  });
});
