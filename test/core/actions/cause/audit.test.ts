import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { auditHint } from '../../../../src/core/actions/cause/audit-hint.ts';
import { auditedWrites } from '../../../../src/core/actions/cause/audit-log.ts';
import type { Cluster } from '../../../../src/core/cluster/cluster.ts';
import type { Owner } from '../../../../src/core/model/drift.ts';
import type { JsonObject } from '../../../../src/core/model/resource.ts';

const folder = mkdtempSync(join(tmpdir(), 'driftline-audit-'));
const file = join(folder, 'audit.log');
afterAll(() => rmSync(folder, { recursive: true }));

/** As kube-apiserver 1.36 writes it at the level Metadata. */
const event = (more: JsonObject = {}): JsonObject => ({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: '2f1b',
  stage: 'ResponseComplete',
  requestURI: '/apis/apps/v1/namespaces/shop/deployments/web?fieldManager=kubectl-edit',
  verb: 'patch',
  user: { username: 'alice', groups: ['ops'] },
  sourceIPs: ['10.0.0.1'],
  userAgent: 'kubectl/v1.36.2 (linux/amd64) kubernetes/abc',
  objectRef: {
    resource: 'deployments',
    namespace: 'shop',
    name: 'web',
    apiGroup: 'apps',
    apiVersion: 'v1',
  },
  responseStatus: { metadata: {}, code: 200 },
  requestReceivedTimestamp: '2026-03-04T08:00:00.200000Z',
  stageTimestamp: '2026-03-04T08:00:00.300000Z',
  ...more,
});
const write = (...lines: (JsonObject | string)[]) =>
  writeFileSync(
    file,
    lines.map(line => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  );

const live: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', uid: 'u1' },
};
const by: Owner = { manager: 'kubectl-edit', operation: 'Update', time: '2026-03-04T08:00:00Z' };
const cluster = {
  identity: { context: 'admin', snapshot: false },
  discovery: async () => ({
    ok: true,
    resources: [
      {
        group: 'apps',
        version: 'v1',
        kind: 'Deployment',
        resource: 'deployments',
        namespaced: true,
      },
    ],
  }),
} as unknown as Cluster;

async function hint(owner: Partial<Owner> = {}, log?: (text: string) => void) {
  const host = { log: log ?? (() => {}), auditLog: () => file };
  const say = await auditHint(cluster, host, [live]);
  return say?.(live, { ...by, ...owner });
}

describe('what an audit log says of a change', () => {
  it('is who wrote it, with what and when', async () => {
    write(event());
    expect(await hint()).toBe(
      'Audit log: alice patched it with kubectl/v1.36.2 at 2026-03-04T08:00:00Z.',
    );
    write(event({ verb: 'update', impersonatedUser: { username: 'bob' } }));
    expect(await hint()).toContain('bob (as whom alice acted) updated it');
    write(event({ userAgent: 'a"b [x](command:y)', user: { username: 'eve\n\u202E' } }));
    expect(await hint()).toBe('Audit log: eve patched it at 2026-03-04T08:00:00Z.');
  });

  it.each<[string, JsonObject, Partial<Owner>?]>([
    ['a dry-run', { requestURI: '/apis/x?fieldManager=kubectl-edit&dryRun=All' }],
    ['what was refused', { responseStatus: { code: 409 } }],
    ['another manager', { requestURI: '/apis/x?fieldManager=other' }],
    ['a program that names no manager', { requestURI: '/apis/x' }],
    [
      'another subresource',
      { objectRef: { ...(event().objectRef as object), subresource: 'scale' } },
    ],
    ['another namespace', { objectRef: { ...(event().objectRef as object), namespace: 'b' } }],
    ['another kind', { objectRef: { ...(event().objectRef as object), resource: 'daemonsets' } }],
    [
      'an object that was deleted since',
      { objectRef: { ...(event().objectRef as object), uid: 'u0' } },
    ],
    ['an earlier stage', { stage: 'RequestReceived' }],
    ['a read', { verb: 'get' }],
    ['another second', {}, { time: '2026-03-04T08:00:01Z' }],
    ['a time that is not known', {}, { time: undefined }],
  ])('is nothing by %s', async (_, more, owner) => {
    write(event(more));
    expect(await hint(owner)).toBeUndefined();
  });

  it('knows programs by their user agent, and subresources', async () => {
    write(
      event({
        requestURI: '/apis/x',
        objectRef: { ...(event().objectRef as object), subresource: 'scale' },
      }),
    );
    expect(await hint({ manager: 'kubectl', subresource: 'scale' })).toContain('alice patched it');
  });

  it('names nobody where two wrote in the same second', async () => {
    write(event(), event({ user: { username: 'bob' } }));
    expect(await hint()).toBeUndefined();
    write(event(), event());
    expect(await hint()).toContain('alice');
  });

  it('passes over what is no event', async () => {
    write('', 'E0304 not JSON "stage":"ResponseComplete" "verb":"patch"', '[1]', 'null', event());
    expect(await hint()).toContain('alice');
    expect(await auditedWrites(file, name => name !== 'web')).toEqual([]);
  });

  it('reads the end of a long log only, whole lines of it', async () => {
    const filler = JSON.stringify(event({ verb: 'get', padding: 'é'.repeat(500_000) }));
    write(event({ user: { username: 'long-ago' } }), ...Array(20).fill(filler), event());
    const writes = await auditedWrites(file, () => true);
    expect(writes.map(({ user }) => user)).toEqual(['alice']);
  });

  it('is nothing where it cannot be read, which is told in the log', async () => {
    const told: string[] = [];
    rmSync(file, { force: true });
    expect(await hint({}, text => void told.push(text))).toBeUndefined();
    expect(told).toEqual([expect.stringMatching(/^The audit log of admin cannot be read: ENOENT/)]);
  });
});
