import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findContext, readKubeconfig } from '../../../src/core/cluster/kubeconfig/kubeconfig.ts';
import { openCluster } from '../../../src/core/cluster/open.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'driftline-kubeconfig-'));
  mkdirSync(join(folder, 'repository'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function configFor(server: string, user = '{}'): string {
  return `current-context: prod
clusters: [{name: main, cluster: {server: "${server}", certificate-authority: ca.crt}}]
users: [{name: me, user: ${user}}]
contexts: [{name: prod, context: {cluster: main, user: me, namespace: shop}}]
`;
}

const read = (KUBECONFIG: string, trusted = false) =>
  readKubeconfig({ env: { KUBECONFIG }, root: join(folder, 'repository'), trusted });

const host = { log: () => {}, trusted: () => false, secret: () => undefined, forges: () => ({}) };
const open = (context: string, KUBECONFIG: string) =>
  openCluster(
    { kind: 'context', context },
    { root: join(folder, 'repository'), host, env: { KUBECONFIG } },
  );

describe('kubeconfigs', () => {
  it('are merged as kubectl does: the first entry of a name wins, missing files are left out', async () => {
    const first = write('first', configFor('https://first/'));
    const second = write(
      'second',
      configFor('https://second').replace('name: prod', 'name: other'),
    );
    const kubeconfig = await read([first, join(folder, 'nowhere'), '', second].join(delimiter));
    expect(kubeconfig.files).toEqual([first, second]);
    const prod = findContext(kubeconfig, 'prod');
    expect(prod).toMatchObject({ namespace: 'shop', cluster: { server: 'https://first' } });
    expect(findContext(kubeconfig, 'other').cluster.server).toBe('https://first');
  });

  it('have paths relative to their own folder', async () => {
    mkdirSync(join(folder, 'kube'));
    const file = write('kube/config', configFor('https://x', '{client-key: ./me.key, token: 123}'));
    const { cluster, user } = findContext(await read(file), 'prod');
    expect(cluster.caFile).toBe(join(folder, 'kube', 'ca.crt'));
    expect(user).toMatchObject({ keyFile: join(folder, 'kube', 'me.key'), token: '123' });
  });

  it('are found in the home folder', async () => {
    mkdirSync(join(folder, '.kube'));
    write('.kube/config', configFor('https://home'));
    const root = join(folder, 'repository');
    const kubeconfig = await readKubeconfig({ env: { HOME: folder }, root, trusted: false });
    expect(findContext(kubeconfig, 'prod').cluster.server).toBe('https://home');
  });

  it('in the repository do not count unless it is trusted, by link neither', async () => {
    const inside = write('repository/kubeconfig', configFor('https://inside'));
    const link = join(folder, 'link');
    symlinkSync(inside, link);
    for (const file of [inside, link]) {
      const kubeconfig = await read(file);
      expect(kubeconfig.files).toEqual([]);
      expect(() => findContext(kubeconfig, 'prod')).toThrow(/was not used: it lies in the repo/);
    }
    expect(findContext(await read(inside, true), 'prod').cluster.server).toBe('https://inside');
  });

  it.each([
    ['clusters: [', /^The kubeconfig .*broken cannot be read \(line \d+: .+\): correct it/],
    ['just text', /it is no map/],
    ['clusters: {}', /its clusters are no list/],
    ['users: [{user: {}}]', /one of its users has no name/],
    ['contexts: [{name: a, context: 1}]', /its context "a" is no map/],
  ])('that are broken are one sentence: %s', async (text, message) => {
    await expect(read(write('broken', text))).rejects.toThrow(message);
  });

  it.each([
    ['clusters: []', 'names the cluster "main", which is nowhere'],
    ['clusters: [{name: main, cluster: {}}]', 'names the cluster "main", which has no server'],
    ['clusters: [{name: main, cluster: {server: "ftp://x"}}]', 'is no http or https address'],
    [
      'clusters: [{name: main, cluster: {server: "https://x"}}]\nusers: []',
      'names the user "me", which is nowhere',
    ],
  ])('that lack something say what: %s', async (lacking, message) => {
    const users = lacking.includes('users') ? '' : 'users: [{name: me}]\n';
    const context = 'contexts: [{name: prod, context: {cluster: main, user: me}}]\n';
    const kubeconfig = await read(write('lacking', `${lacking}\n${users}${context}`));
    expect(() => findContext(kubeconfig, 'prod')).toThrow(message);
  });
});

describe('opening a context', () => {
  it('never follows the current one', async () => {
    const file = write('config', configFor('https://127.0.0.1:1'));
    const answer = await open('staging', file);
    expect(answer).toMatchObject({ ok: false });
    expect((answer as { reason: string }).reason).toBe(
      `The context "staging" is not known: there is no context "staging" in ${file}; add it, or name another one.`,
    );
  });

  it('says that there is no kubeconfig at all', async () => {
    const { reason } = (await open('prod', join(folder, 'nowhere'))) as { reason: string };
    expect(reason).toContain('is not known: there is no kubeconfig; add it');
  });

  it('does not start a program for an untrusted folder', async () => {
    const marker = join(folder, 'started');
    const exec = JSON.stringify({ exec: { command: 'touch', args: [marker] } });
    const provider = JSON.stringify({
      'auth-provider': { name: 'gcp', config: { 'cmd-path': 'touch', 'cmd-args': marker } },
    });
    for (const user of [exec, provider]) {
      const file = write('config', configFor('https://127.0.0.1:1', user));
      const { reason } = (await open('prod', file)) as { reason: string };
      expect(reason).toContain('starts the program `touch` for its credentials');
    }
    // No provider that kubectl knows, but one by which the client library would start a program.
    for (const name of ['exec', 'other', 'oidc']) {
      const config = { exec: { command: 'touch', args: [marker] }, tokenFile: marker };
      const hidden = JSON.stringify({ 'auth-provider': { name, config } });
      const file = write('config', configFor('https://127.0.0.1:1', hidden));
      expect(await open('prod', file)).toMatchObject({ ok: false });
    }
    await expect(import('node:fs/promises').then(fs => fs.access(marker))).rejects.toThrow();
  });
});
