import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFailed, test } from 'vitest';
import { makeDemo } from '../../scripts/demo.ts';
import { releases } from '../../scripts/lib/vscode/install.ts';
import { openWindow, type ReleaseName, textOf, type Window } from './window.ts';

// A repository says which cluster it runs in; whether that one is asked is for the person to say.
describe.each(Object.keys(releases) as ReleaseName[])('VS Code, the %s release', release => {
  let folder: string;
  let repository: string;
  let api: Server;
  let asked: string[];
  let kubeconfig: string;
  let window: Window | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'driftline-trust-'));
    repository = join(folder, 'shop');
    await mkdir(repository);
    await makeDemo(repository);
    asked = [];
    api = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(403).end();
    });
    await new Promise<void>(resolve => api.listen(0, '127.0.0.1', resolve));
    kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, config((api.address() as AddressInfo).port));
  });

  afterEach(async () => {
    await window?.close();
    window = undefined;
    api.closeAllConnections();
    await new Promise(resolve => api.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  test('a folder that is not trusted reaches no cluster; once it is, it does', async () => {
    const file = join(repository, 'driftline.yaml');
    const clusters = /cluster: \{ snapshot: \S+ \}/g;
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace(clusters, 'cluster: { context: evil }'),
    );
    const opened = await open();
    await opened.environments();
    const welcome = opened.view().locator('.welcome-view-content');
    await welcome.waitFor({ timeout: 60_000 });
    await expect.poll(() => textOf(welcome), { timeout: 60_000 }).toMatch(/Restricted Mode/);
    expect(await textOf(welcome)).toMatch(/Manage Workspace Trust/);
    await opened.page.waitForTimeout(3000);
    expect(asked).toEqual([]);
    await trust(opened);
    await expect.poll(() => asked.length, { timeout: 60_000 }).toBeGreaterThan(0);
    expect(asked.filter(line => !line.startsWith('GET '))).toEqual([]);
  });

  test('a folder that is not trusted is compared with its snapshots, and says what is left out', async () => {
    const opened = await open();
    await opened.environments();
    const row = opened.treeRows().filter({ hasText: 'production' }).first();
    await expect.poll(() => textOf(row), { timeout: 60_000 }).toMatch(/4 drifted, 1 missing/);
    expect(await textOf(opened.view())).toMatch(/Restricted Mode: clusters are not read/);
  });

  async function open(): Promise<Window> {
    window = await openWindow({
      folder: repository,
      release,
      untrusted: true,
      env: { KUBECONFIG: kubeconfig },
    });
    const { page } = window;
    const name = `dist/screenshots/failed/${release}-trust.png`;
    onTestFailed(() => page.screenshot({ path: name }).then(() => undefined));
    await page.locator('[id="status.workspaceTrust"]').waitFor();
    return window;
  }
});

/** As a person does it: the page that VS Code opens for it, and its button. */
async function trust(window: Window): Promise<void> {
  await window.view().getByRole('button', { name: 'Manage Workspace Trust' }).click();
  const editor = window.page.locator('.workspace-trust-editor');
  await editor.getByRole('button', { name: 'Trust', exact: true }).click();
  await window.page.locator('[id="status.workspaceTrust"]').waitFor({ state: 'hidden' });
}

function config(port: number): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'evil', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'person', user: { token: 'the-person-s-token' } }],
    contexts: [{ name: 'evil', context: { cluster: 'evil', user: 'person' } }],
    'current-context': 'evil',
  });
}
