import { describe, expect, it } from 'vitest';
import type { ApiResource } from '../../../src/core/cluster/cluster.ts';
import { openSnapshot, readSnapshot } from '../../../src/core/cluster/snapshot/snapshot.ts';
import { UserError } from '../../../src/core/lib/errors.ts';
import { dryRunOf } from './dry-run-of.ts';

const deployments: ApiResource = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  resource: 'deployments',
  namespaced: true,
  verbs: ['list'],
};
const services = { ...deployments, group: '', kind: 'Service', resource: 'services' };
const nodes = { ...services, kind: 'Node', resource: 'nodes', namespaced: false };

/** As `kubectl get deploy,svc -A -o yaml --show-managed-fields` prints it. */
const list = `apiVersion: v1
items:
- apiVersion: apps/v1
  kind: Deployment
  metadata:
    managedFields:
    - apiVersion: apps/v1
      fieldsType: FieldsV1
      fieldsV1:
        f:spec:
          f:replicas: {}
      manager: kubectl
      operation: Apply
    name: web
    namespace: shop
  spec:
    replicas: 2
- apiVersion: v1
  kind: Service
  metadata:
    name: web
    namespace: other
  spec:
    clusterIP: 10.0.0.1
kind: List
metadata:
  resourceVersion: ""
`;

function refusal(text: string): string {
  try {
    readSnapshot('live.yaml', text);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error('the snapshot was accepted');
}

describe('what kubectl prints', () => {
  it('answers for the kinds and namespaces that occur, with managedFields', async () => {
    const cluster = readSnapshot('live.yaml', list);
    const answer = await cluster.list(deployments, 'shop');
    expect(answer).toMatchObject({ ok: true, objects: [{ spec: { replicas: 2 } }] });
    const resource = { ...deployments, namespace: 'shop', name: 'gone' };
    expect(await cluster.get(deployments, resource)).toEqual({ ok: true, object: undefined });
    expect(await cluster.get(deployments, { ...resource, name: 'web' })).toMatchObject({
      object: { metadata: { managedFields: [{ manager: 'kubectl' }] } },
    });
  });

  it('does not say that what it was never asked for is missing', async () => {
    const cluster = readSnapshot('live.yaml', list);
    for (const [type, namespace] of [
      [services, 'shop'],
      [deployments, 'other'],
      [deployments, ''],
      [nodes, ''],
      [{ ...deployments, version: 'v1beta1' }, 'shop'],
    ] as const) {
      const answer = await cluster.list(type, namespace);
      expect(answer).toMatchObject({ ok: false, why: 'partial' });
      expect((answer as { reason: string }).reason).toContain('live.yaml');
    }
    const elsewhere = await cluster.get(services, { ...services, namespace: 'shop', name: 'web' });
    expect(elsewhere.ok).toBe(false);
  });

  it('gives what it holds of a kind that it does not hold completely', async () => {
    const answer = await readSnapshot('live.yaml', list).list(deployments, '');
    expect(answer).toMatchObject({ ok: false, objects: [{ metadata: { name: 'web' } }] });
  });

  it('takes a file of one object as that object only', async () => {
    const single = `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\n`;
    const cluster = readSnapshot('web.yaml', single);
    expect(await cluster.list(deployments, 'shop')).toMatchObject({ why: 'partial' });
    const web = await cluster.get(deployments, { ...deployments, namespace: 'shop', name: 'web' });
    expect(web).toMatchObject({ ok: true, object: { metadata: { name: 'web' } } });
  });

  it('reads documents, JSON and typed lists alike', async () => {
    const object = (name: string) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'shop' },
    });
    const documents = ['a', 'b'].map(name => JSON.stringify(object(name))).join('\n---\n');
    const items = ['a', 'b'].map(name => ({ metadata: { name, namespace: 'shop' } }));
    const typed = JSON.stringify({ apiVersion: 'apps/v1', kind: 'DeploymentList', items });
    const json = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: ['a', 'b'].map(object) });
    for (const text of [`${documents}\n`, typed, json, `\uFEFF${json}`]) {
      const answer = await readSnapshot('live', text).list(deployments, 'shop');
      expect(answer).toMatchObject({ ok: true, objects: [object('a'), object('b')] });
    }
  });

  it('offers its types, and says that there may be others', async () => {
    const answer = await readSnapshot('live.yaml', list).discovery();
    expect(answer).toMatchObject({ ok: true, incomplete: expect.stringContaining('live.yaml') });
    expect(answer).toMatchObject({ resources: [{ kind: 'Deployment', namespaced: true }, {}] });
  });

  it('is complete where a header says so', async () => {
    const header = {
      apiVersion: 'driftline.dev/v1',
      kind: 'Snapshot',
      listed: [{ group: '', kind: 'Service', namespaces: ['shop'] }],
    };
    const cluster = readSnapshot('live.yaml', `${JSON.stringify(header)}\n---\n${list}`);
    expect(await cluster.list(services, 'shop')).toMatchObject({ ok: true, objects: [] });
    expect(await cluster.list(services, 'other')).toMatchObject({ ok: false, why: 'partial' });
    expect(await cluster.list(deployments, 'shop')).toMatchObject({ ok: false, why: 'partial' });
    expect(await cluster.discovery()).toMatchObject({
      incomplete: expect.stringContaining('live'),
    });
  });

  it('refuses changes with a sentence', async () => {
    const answer = await readSnapshot('live.yaml', list).dryRun(dryRunOf(deployments, {}, 'me'));
    expect(answer).toMatchObject({ ok: false, reason: expect.stringContaining('only a cluster') });
  });
});

describe('a snapshot that is cut off', () => {
  it('is refused wherever the cut is, until the List is complete', () => {
    const complete = list.indexOf('kind: List') + 'kind: List'.length;
    for (let end = 0; end < complete; end++) {
      expect(refusal(list.slice(0, end)), `cut at ${end}`).toMatch(
        /^The snapshot live\.yaml is cut off or damaged \(.*\): take it again\.$/s,
      );
    }
  });

  it('is refused as JSON wherever the cut is', () => {
    const json = JSON.stringify({
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' } }],
    });
    for (let end = 0; end < json.length; end++) refusal(json.slice(0, end));
  });

  it('is refused when the last document has lost what its managedFields name', () => {
    const documents = list
      .slice(list.indexOf('- apiVersion'), list.indexOf('- apiVersion: v1\n'))
      .replace(/^(- | {2})/gm, '');
    const cut = documents.slice(0, documents.indexOf('spec:\n  replicas'));
    expect(refusal(cut)).toContain('has lost its spec');
    expect(refusal(documents.trimEnd())).toContain('last line is not complete');
  });

  it('says what to do when the file is not there or is something else', async () => {
    await expect(openSnapshot('/nowhere', 'live.yaml')).rejects.toThrow(
      'The snapshot live.yaml cannot be read (there is no such file): take one with',
    );
    await expect(openSnapshot('/', 'dev/null')).rejects.toThrow('(it is no file)');
    await expect(openSnapshot('/', '.')).rejects.toThrow('(it is no file)');
    expect(refusal('name: x\n')).toContain('no kind, apiVersion or name');
    expect(refusal('- a\n- b\n')).toContain('no object');
  });

  it('is refused when its aliases would fill the memory', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const below = level === 0 ? 'x' : `*a${level - 1}`;
      return `a${level}: &a${level} [${Array(12).fill(below).join(',')}]`;
    });
    expect(refusal(`${levels.join('\n')}\n`)).toContain('aliases');
  });
});
