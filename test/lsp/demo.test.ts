import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CodeAction, CodeLens, Hover } from 'vscode-languageserver-protocol';
import { makeDemo } from '../../scripts/demo.ts';
import { commands, notifications, requests } from '../../src/lsp/protocol.ts';
import { folderWith } from '../cli/fixtures.ts';
import { type Client, startClient, withoutAddresses } from './client.ts';

const replicas = 'apps/web/overlays/production/replicas.yaml';
const images = 'apps/web/overlays/production/kustomization.yaml';
const config = 'apps/web/base/configmap.yaml';
const secret = 'apps/web/base/secret.yaml';
const budget = 'apps/web/base/pdb.yaml';
const deployment = 'apps/web/base/deployment.yaml';

describe('the demo, as our editor sees it', () => {
  let client: Client;
  const at = (file: string, line: number, character = 3) => ({
    textDocument: { uri: client.uri(file) },
    position: { line, character },
  });
  const hover = async (file: string, line: number) => {
    const found = await client.request<Hover | null>('textDocument/hover', at(file, line));
    return found === null ? '' : (found.contents as { value: string }).value;
  };
  const actions = (file: string, line: number, diagnostics: unknown[] = []) =>
    client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: client.uri(file) },
      range: { start: { line, character: 2 }, end: { line, character: 2 } },
      context: { diagnostics },
    });
  const markersOf = async (file: string) => {
    const { lines } = await client.ask(requests.markers, { uri: client.uri(file) });
    return lines.map(({ line, text }) => `${line + 1}: ${text}`);
  };

  beforeAll(async () => {
    const { repository } = await makeDemo(folderWith({}));
    client = await startClient({
      folder: repository,
      initializationOptions: { trusted: true, markers: true },
    });
    await client.open(replicas);
    await client.compared();
  });
  afterAll(() => client.stop());

  it('has the environments, with what runs of them', async () => {
    const state = await client.compared();
    expect(state.root).toBeDefined();
    const [staging, production] = state.environments;
    expect(staging).toMatchObject({ name: 'staging', counts: { drifted: 0 } });
    expect(production).toMatchObject({
      name: 'production',
      protected: true,
      cluster: { kind: 'snapshot' },
      counts: { drifted: 4, missing: 1 },
    });
    const web = production?.applications.find(({ name }) => name === 'web');
    const object = web?.objects.find(({ resource }) => resource.kind === 'Deployment');
    expect(object?.paths.map(({ path }) => path)).toContain('.spec.replicas');
  });

  it('marks the lines that decide what differs', async () => {
    const pushed = await client.markers(replicas, ({ lines }) =>
      lines.some(({ text }) => text.includes('changed in the cluster')),
    );
    expect(pushed).toMatchObject({
      version: 1,
      lines: [
        {
          line: 6,
          text: 'production runs 5 · changed in the cluster by kubectl (scale)',
          state: 'drifted',
        },
      ],
    });
    expect(await markersOf(images)).toEqual([
      expect.stringMatching(
        /^7: production runs 1\.8\.3-hotfix · changed in the cluster by kubectl-set, \d+ \w+ ago$/,
      ),
    ]);
    expect(await markersOf(config)).toEqual([
      expect.stringMatching(
        /^6: production runs debug · changed in the cluster by kubectl-edit, \d h ago$/,
      ),
    ]);
    expect(await markersOf(secret)).toEqual([
      expect.stringMatching(
        /^8: production runs another value · changed in the cluster by rotate-job, /,
      ),
    ]);
    expect(await markersOf(budget)).toEqual([
      '1: not running in production · changed in the cluster',
    ]);
    expect(await markersOf(deployment)).toEqual([]);
  });

  it('says drift as information on the marked line', async () => {
    const { version, diagnostics } = await client.diagnostics(replicas, each =>
      /changed in the cluster/.test(String(each.diagnostics[0]?.message)),
    );
    expect(version).toBe(1);
    expect(diagnostics).toEqual([
      {
        range: { start: { line: 6, character: 2 }, end: { line: 6, character: 13 } },
        severity: 3,
        code: 'field-changed',
        source: 'driftline',
        message:
          'production runs 5, the repository says 3 · changed in the cluster by kubectl (scale)',
      },
    ]);
  });

  it('counts differences per file', async () => {
    const badges = await client.ask(requests.badges, null);
    expect(badges.find(({ uri }) => uri === client.uri(replicas))).toEqual({
      uri: client.uri(replicas),
      count: 1,
      words: '1 difference in production',
    });
    expect(badges.map(({ uri }) => uri)).not.toContain(client.uri(deployment));
  });

  it('tells in a hover what each environment says, runs and who changed it', async () => {
    const text = withoutAddresses(await hover(replicas, 6));
    const table = text.split('\n').filter(line => line.startsWith('|'));
    expect(text).toMatch(
      /^`integer` · Number of desired pods\.\n\n\*\*`spec\.replicas`\*\* of Deployment `shop\/web`\n/,
    );
    const confirmed = expect.stringMatching(
      /^\| confirmed by \| – \| locally, by Kubernetes’ own code at \d\d:\d\d \|$/,
    );
    expect(table).toEqual([
      '|  | staging | production |',
      '| :-- | :-- | :-- |',
      '| repository | `1` ([base/deployment.yaml:8]) | `3` (this line) |',
      '| running | `1` | **`5`** |',
      '| changed by | – | kubectl · Update · scale |',
      '| why | – | changed in the cluster |',
      confirmed,
    ]);
    const { compare, take, sync, ignore, openRendered, whereUsed } = commands;
    for (const command of [compare, take, sync, ignore, openRendered, whereUsed])
      expect(text).toContain(`](command:${command}?`);
  });

  it('masks secrets in a hover, and says what comes of a line without drift', async () => {
    await client.open(secret);
    expect(await hover(secret, 7)).toContain('| running | `•••` | **`••• (changed)`** |');
    await client.open(config);
    const [title, ...rows] = withoutAddresses(await hover(config, 6)).split(/\n+/);
    expect(title).toBe('**`data.CATALOG_URL`** of ConfigMap `shop/web-config`');
    expect(rows).toContain(
      '| repository | `http://api.shop.svc:8080` (this line) | `http://api.shop.svc:8080` (this line) |',
    );
    expect(rows.join('\n')).not.toContain('changed by');
    expect(await hover(config, 1000)).toBe('');
  });

  it('has a lens on each object, resolved when it is seen', async () => {
    const params = { textDocument: { uri: client.uri(config) } };
    const [lens] = await client.request<CodeLens[]>('textDocument/codeLens', params);
    expect(lens).toMatchObject({ range: { start: { line: 0, character: 0 } } });
    expect(lens?.command).toBeUndefined();
    const resolved = await client.request<CodeLens>('codeLens/resolve', lens);
    expect(resolved.command).toMatchObject({
      title: 'staging: in sync · production: 1 field drifted',
      command: commands.compare,
      arguments: [{ environment: 'production', object: { namespace: 'shop' } }],
    });
    const [target] = resolved.command?.arguments ?? [];
    const comparison = await client.ask(requests.compare, target);
    expect(comparison.title).toBe('ConfigMap shop/web-config (repository ↔ production)');
    expect(comparison.desired).toContain('LOG_LEVEL: info');
    expect(comparison.live).toContain('LOG_LEVEL: debug');
  });

  it('compares a secret without showing it', async () => {
    const object = { group: '', version: 'v1', kind: 'Secret', namespace: 'shop' };
    const comparison = await client.ask(requests.compare, {
      environment: 'production',
      object: { ...object, name: 'web-session' },
    });
    expect(comparison.desired).toContain('SESSION_KEY: •••');
    expect(comparison.live).toContain('SESSION_KEY: ••• (changed)');
  });

  it('offers to take what runs, to compare and to sync', async () => {
    const offered = await actions(replicas, 6);
    expect(offered.map(({ title }) => title)).toEqual([
      'Take 5 into this file',
      'Ignore spec.replicas of Deployment shop/web',
      'Compare with live in production',
      'Restore by syncing web in production…',
    ]);
    expect((await actions(secret, 7)).map(({ title }) => title)).not.toContain(
      expect.stringMatching(/^Take/),
    );
    await client.open(images);
    expect((await actions(images, 6)).map(({ title }) => title)[0]).toMatch(
      /^Take .*hotfix.* into/,
    );
  });

  it('takes what runs when a hover is clicked', async () => {
    const object = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop' };
    const target = { environment: 'production', object: { ...object, name: 'web' } };
    const take = (path: string) =>
      client.request('workspace/executeCommand', {
        command: commands.take,
        arguments: [{ ...target, path }],
      });
    await take('.spec.replicas');
    const asked = client.messages.filter(({ method }) => method === 'workspace/applyEdit');
    expect(asked).toHaveLength(1);
    const range = { start: { line: 6, character: 12 }, end: { line: 6, character: 13 } };
    expect(asked[0]?.params).toMatchObject({
      label: 'Take 5 into this file',
      edit: { changes: { [client.uri(replicas)]: [{ range, newText: '5' }] } },
    });
    await take('.spec.paused');
    expect(client.messages.at(-1)).toMatchObject({
      method: 'window/showMessageRequest',
      params: {
        message: 'spec.paused of Deployment shop/web does not differ in production any more.',
      },
    });
  });

  it('takes a tag into the kustomization that says it, and writes a rule', async () => {
    const object = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop' };
    const path = '.spec.template.spec.containers[name="web"].image';
    const target = { environment: 'production', object: { ...object, name: 'web' }, path };
    const run = (command: string) =>
      client.request('workspace/executeCommand', { command, arguments: [target] });
    const asked = () =>
      JSON.stringify(client.messages.findLast(({ method }) => method === 'workspace/applyEdit'));
    await run(commands.take);
    expect(asked()).toContain('apps/web/overlays/production/kustomization.yaml');
    expect(asked()).toContain('hotfix');
    await run(commands.ignore);
    // The Flux of the demo is older than Kustomization.spec.ignore.
    expect(asked()).toContain('driftline.yaml');
    expect(asked()).toContain(
      '.spec.template.spec.containers[] | select(.name == \\"web\\") | .image',
    );
    expect(client.messages.at(-1)).toMatchObject({
      params: { message: expect.stringContaining('has no spec.ignore') },
    });
  });

  it('follows an edit before it is saved, and forgets it when the file is closed', async () => {
    const version = await client.replace(replicas, 'replicas: 3', 'replicas: 4');
    const edited = await client.markers(
      replicas,
      each => each.version === version && /not saved/.test(each.lines[0]?.text ?? ''),
    );
    expect(edited.lines.map(({ line, text }) => `${line}: ${text}`)).toEqual([
      '6: production runs 5, this makes 4 · edited, not saved · kubectl (scale)',
    ]);
    const same = await client.replace(replicas, 'replicas: 4', 'replicas: 5');
    await client.markers(replicas, each => each.version === same && each.lines.length === 0);
    const gone = await client.diagnostics(
      replicas,
      each => each.version === same && each.diagnostics.length === 0,
    );
    expect(gone.diagnostics).toEqual([]);
    await client.close(replicas);
    await client.open(replicas);
    const again = await client.markers(
      replicas,
      each =>
        each.version === 1 &&
        each.lines[0]?.text === 'production runs 5 · changed in the cluster by kubectl (scale)',
    );
    expect(again.lines).toHaveLength(1);
  });

  it('moves markers with their lines at once', async () => {
    const version = await client.edit(replicas, { line: 0, from: 0, to: 0, text: '# a comment\n' });
    const moved = await client.markers(replicas, each => each.version === version);
    expect(moved.lines.map(({ line }) => line)).toEqual([7]);
    await client.close(replicas);
    await client.open(replicas);
  });

  it('finds what is wrong at its place, for the version that was typed, and mends it', async () => {
    const version = await client.replace(replicas, 'replicas: 3', 'replicsa: 3');
    const { diagnostics } = await client.diagnostics(
      replicas,
      each => each.version === version && each.diagnostics.some(({ severity }) => severity === 1),
    );
    const [finding] = diagnostics.filter(({ severity }) => severity === 1);
    expect(finding).toMatchObject({
      range: { start: { line: 6, character: 2 }, end: { line: 6, character: 10 } },
      code: 'unknown-field',
      source: 'driftline',
      message: 'replicsa is no field of DeploymentSpec; did you mean replicas?',
    });
    const [fix] = await actions(replicas, 6, [finding]);
    expect(fix).toMatchObject({
      title: 'Replace replicsa by replicas',
      isPreferred: true,
      edit: {
        changes: { [client.uri(replicas)]: [{ range: finding?.range, newText: 'replicas' }] },
      },
    });
    const mended = await client.replace(replicas, 'replicsa: 3', 'replicas: 3');
    await client.diagnostics(
      replicas,
      each => each.version === mended && each.diagnostics.every(({ severity }) => severity === 3),
    );
    const stale = (await actions(replicas, 6, [finding])).filter(({ isPreferred }) => isPreferred);
    expect(stale).toEqual([]);
  });

  it('follows the settings', async () => {
    const settings = { forges: {}, localOnly: false, validation: true, drift: false };
    await client.connection.sendNotification(notifications.settings.method, settings);
    await client.diagnostics(replicas, each => each.diagnostics.length === 0);
    await client.connection.sendNotification(notifications.settings.method, {
      ...settings,
      drift: true,
    });
    await client.diagnostics(replicas, each => each.diagnostics.length === 1);
  });

  it('publishes the findings of all files when asked', async () => {
    const counts = await client.ask(requests.validate, null);
    expect(counts).toMatchObject({ errors: 0 });
    const closed = await client.diagnostics(budget, each => each.diagnostics.length > 0);
    expect(closed.version).toBeUndefined();
    expect(closed.diagnostics[0]?.message).toBe(
      'not running in production · changed in the cluster: It was deleted after Flux applied it.',
    );
  });

  it('answers what a person got wrong with a sentence for the person', async () => {
    const object = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'x' };
    await expect(
      client.ask(requests.compare, { environment: 'prod', object }),
    ).rejects.toMatchObject({ code: 1, message: 'There is no environment named prod any more.' });
    await expect(
      client.ask(requests.syncPlan, { environment: 'production', verb: 'sync' }),
    ).rejects.toMatchObject({ code: 1, message: expect.stringContaining('snapshot') });
  });

  it('tells who traces it how long answers took, and nobody else', async () => {
    expect(client.heard).not.toContain('$/logTrace');
    await client.connection.sendNotification('$/setTrace', { value: 'messages' });
    await client.ask(requests.badges, null);
    await client.connection.sendNotification('$/setTrace', { value: 'off' });
    expect(client.heard).toMatch(/"\$\/logTrace","params":\{"message":"driftline\/badges: \d+ ms"/);
  });

  it('never sends a secret value, and logs no defect', () => {
    const declared = 'not-a-secret-just-a-demo';
    expect(client.heard).toContain('web-session');
    for (const value of [declared, Buffer.from(declared).toString('base64')])
      expect(client.heard).not.toContain(value);
    expect(client.heard).not.toMatch(/SESSION_KEY\\?"?: ?\\?"?[A-Za-z0-9+/]{8}/);
    expect(client.logs.filter(line => /\bat .*\.cjs/.test(line))).toEqual([]);
    expect(client.errors).toBe('');
  });

  it('ends in order', async () => {
    expect(await client.stop()).toBe(0);
  });
});
