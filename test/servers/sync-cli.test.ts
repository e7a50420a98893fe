import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { driftline } from '../cli/run.ts';
import { kubectl, withNamespace } from './plane.ts';
import { configMap, Folder, manifests } from './sync-harness.ts';

// The command line as a process: hand edit → drift → sync → none, and what it says when it must not.

const { kubeconfig } = inject('plane');
const folder = new Folder(kubeconfig);
let uid: string;

beforeAll(async () => {
  uid = await kubectl(['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}']);
});
afterAll(() => folder.remove());

const cli = (...args: string[]) =>
  driftline([...args, '-C', folder.path], { env: { KUBECONFIG: kubeconfig } });

function write(namespace: string, more = '  protected: false\n'): void {
  const config = `version: 1
environments:
- name: production
  source: { path: app }
  cluster: { context: admin, uid: ${uid} }
  namespace: ${namespace}
${more}`;
  const app = manifests(configMap('settings', { level: 'info' }), configMap('other', { a: 'b' }));
  folder.write({ 'driftline.yaml': config, 'app/all.yaml': app });
}

const level = (namespace: string) =>
  kubectl(['get', 'configmap/settings', '-n', namespace, '-o', 'jsonpath={.data.level}']);

describe('driftline sync', () => {
  it('takes back what drift showed, and shows it before', () =>
    withNamespace('cli', async namespace => {
      write(namespace);
      const first = await cli('sync', '-e', 'production', '--trust', '--yes', '--format', 'json');
      expect(first.stderr).toBe('');
      expect(JSON.parse(first.stdout)).toMatchObject({
        version: 1,
        command: 'sync',
        dryRun: false,
        cluster: { context: 'admin', uid },
        applications: [{ name: 'app', engine: 'apply', outcome: 'succeeded' }],
        changes: [{ change: 'create' }, { change: 'create' }],
      });
      expect(first.status).toBe(0);
      expect((await cli('drift')).status).toBe(0);

      const patch = ['patch', 'configmap', 'settings', '-n', namespace];
      await kubectl([...patch, '--field-manager=kubectl-edit', '-p', '{"data":{"level":"debug"}}']);
      expect((await cli('drift')).status).toBe(1);
      const dry = await cli('sync', '--trust', '--dry-run');
      expect(dry.status).toBe(0);
      expect(dry.stdout).toBe(`production   admin · kubectl apply · 1 application

${`  ConfigMap ${namespace}/settings`.padEnd(74)}update
    data.level    debug → info                            kubectl-edit, just now

1 to update · 1 object unchanged
`);
      expect(await level(namespace)).toBe('debug');
      const done = await cli('sync', 'app', '--trust', '--yes');
      expect(done.status).toBe(0);
      expect(done.stdout).toMatch(/debug → info[\s\S]*Applied 1 object\.\n\n1 done · [\d.]+ s\n$/);
      expect(await level(namespace)).toBe('info');
      expect((await cli('drift')).status).toBe(0);
    }));

  it('does nothing without a word of consent, nor with too little of it', () =>
    withNamespace('cli', async namespace => {
      // Nothing is said: production is protected by its name.
      write(namespace, '');
      const untrusted = await cli('sync', '-e', 'production', '--yes');
      expect(untrusted).toMatchObject({ status: 2, stdout: '' });
      expect(untrusted.stderr).toContain('--trust');
      const asked = await cli('sync', '-e', 'production', '--trust');
      expect(asked).toMatchObject({ status: 2, stdout: '' });
      expect(asked.stderr).toContain('create');
      expect(asked.stderr).toContain('There is no terminal to ask on');
      const unnamed = await cli('sync', '--trust', '--yes');
      expect(unnamed).toMatchObject({ status: 2 });
      expect(unnamed.stderr).toContain('production is protected');
      await expect(level(namespace)).rejects.toThrow('not found');
      const named = await cli('sync', '-e', 'production', '--trust', '--yes');
      expect(named).toMatchObject({ status: 0 });
      expect(await level(namespace)).toBe('info');
    }));

  it('ends with 1 when the server refuses something, and with 2 when it cannot begin', () =>
    withNamespace('cli', async namespace => {
      write(namespace);
      const service = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web' },
        spec: { clusterIP: '1.2.3.4', ports: [{ port: 80 }] },
      };
      folder.write({ 'app/service.yaml': manifests(service) });
      const failed = await cli('sync', '--trust', '--yes');
      expect(failed.status).toBe(1);
      expect(failed.stdout).toContain('1.2.3.4');
      folder.write({ 'app/service.yaml': '' });
      const suspend = await cli('suspend', '--trust', '--yes');
      expect(suspend).toMatchObject({ status: 2, stdout: '' });
      expect(suspend.stderr).toBe('driftline: app: kubectl apply cannot suspend app.\n');
      const unknown = await cli('sync', 'ap', '--trust', '--yes');
      expect(unknown).toMatchObject({ status: 2 });
      expect(unknown.stderr).toContain('did you mean app?');
    }));
});
