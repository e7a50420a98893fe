import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFailed, test } from 'vitest';
import { makeDemo } from '../../scripts/demo.ts';
import { releases } from '../../scripts/lib/vscode/install.ts';
import { openWindow, type ReleaseName, textOf, type Window } from './window.ts';

const replicas = 'apps/web/overlays/production/replicas.yaml';
const marker = expect.stringMatching(/^⟵ production runs 5 · .*kubectl \(scale\)/);

// What a person does and sees in the demo, in one window from its start to a pushed commit.
describe.each(Object.keys(releases) as ReleaseName[])('VS Code, the %s release', release => {
  let folder: string;
  let repository: string;
  let remote: string;
  let window: Window;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'driftline-workbench-'));
    repository = join(folder, 'shop');
    remote = join(folder, 'remote.git');
    await makeDemo(repository);
    git(folder, 'clone', '--quiet', '--bare', repository, remote);
    git(repository, 'remote', 'set-url', 'origin', remote);
    git(repository, 'fetch', '--quiet');
    git(repository, 'branch', '--quiet', '--set-upstream-to=origin/main');
    git(repository, 'config', 'user.name', 'Test Person');
    git(repository, 'config', 'user.email', 'person@shop.example');
    window = await openWindow({ folder: repository, release });
  });

  afterAll(async () => {
    await window?.close();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(({ task }) => {
    const name = `${release}-${task.name.split(' ').slice(0, 4).join('-')}`;
    onTestFailed(() => window.screenshot(`dist/screenshots/failed/${name}.png`));
  });

  test('the tree has environments with their states in words', async () => {
    await window.environments();
    await expect
      .poll(() => window.tree(), { timeout: 60_000 })
      .toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            level: 1,
            label: 'production',
            description: expect.stringMatching(/^4 drifted, 1 missing/),
            spoken: expect.stringMatching(/production.*4 drifted, 1 missing/),
          }),
          expect.objectContaining({
            level: 1,
            label: 'staging',
            description: expect.stringMatching(/^in sync/),
          }),
        ]),
      );
  });

  test('the tree unfolds to applications, objects and changed fields', async () => {
    for (const label of ['production', 'web', 'Deployment web']) await window.unfold(label);
    const texts = async () =>
      (await window.tree()).map(
        ({ level, label, description }) => `${level} ${label}: ${description}`,
      );
    await expect
      .poll(texts)
      .toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^2 web: 3 drifted, 1 missing/),
          expect.stringMatching(/^3 Deployment web: /),
          expect.stringMatching(/^4 spec\.replicas: 3 → 5/),
          expect.stringMatching(/^3 PodDisruptionBudget web: missing/),
        ]),
      );
    expect((await texts()).join('\n')).not.toMatch(/not-a-secret/);
  });

  test('a field of the tree opens the line that decides it', async () => {
    await window.treeRows().filter({ hasText: 'spec.replicas' }).click();
    await window.page.locator('.tab.active', { hasText: 'replicas.yaml' }).waitFor();
    await expect.poll(() => window.cursor()).toBe('Ln 7, Col 13');
  });

  test('the marker is on its line, moves with an edit and goes when the text says what runs', async () => {
    await window.open(replicas);
    const markers = () => window.markers();
    await expect.poll(markers, { timeout: 30_000 }).toEqual([{ line: 7, marker }]);
    const before = await readFile(join(repository, replicas), 'utf8');
    await window.goTo(1);
    await window.page.keyboard.type('# who needs more?\n');
    await expect.poll(markers).toEqual([{ line: 8, marker: expect.stringContaining('runs 5') }]);
    await window.goTo(8);
    await window.page.keyboard.press('End');
    await window.page.keyboard.press('Backspace');
    await window.page.keyboard.type('5');
    await expect.poll(markers, { timeout: 30_000 }).toEqual([]);
    expect(await readFile(join(repository, replicas), 'utf8')).toBe(before);
    await window.command('File: Revert File');
    await expect.poll(markers, { timeout: 30_000 }).toEqual([{ line: 7, marker }]);
  });

  test('the hover tells what each environment runs', async () => {
    const hover = await window.hover('replicas');
    const text = () => textOf(hover);
    await expect.poll(text).toMatch(/spec\.replicas of Deployment shop\/web/);
    expect(await text()).toMatch(
      /staging.*production.*changed by.*kubectl.*scale.*why.*changed in the cluster/s,
    );
    expect(await text()).toMatch(/Compare/);
    await window.page.keyboard.press('Escape');
  });

  test('a link in the hover opens the line that it names', async () => {
    await window.open(replicas);
    const hover = await window.hover('replicas');
    await hover.getByText('production/kustomization.yaml:9').click();
    await window.page.locator('.tab.active', { hasText: 'kustomization.yaml' }).waitFor();
    await expect.poll(() => window.cursor()).toMatch(/^Ln 9,/);
  });

  test('the lens above an object peeks at all that it reaches', async () => {
    await window.open('apps/web/base/configmap.yaml');
    const lens = window.page.locator('.codelens-decoration a', { hasText: 'reaches' }).first();
    await expect.poll(() => textOf(lens)).toMatch(/^reaches 2 objects in 2 environments/);
    // What the mouse points at after opening a file has a hover that would lie over the lens.
    await window.page.mouse.move(0, 0);
    await lens.click();
    const peek = window.page.locator('.peekview-widget');
    await peek.waitFor();
    const rows = peek.locator('.monaco-list-row');
    await expect
      .poll(() => rows.allTextContents())
      .toEqual(
        expect.arrayContaining([
          expect.stringContaining('production · ConfigMap'),
          expect.stringContaining('staging · ConfigMap'),
        ]),
      );
    await expect.poll(() => textOf(peek.locator('.view-lines').first())).toContain('LOG_LEVEL');
    await window.page.keyboard.press('Escape');
  });

  test('previews what an edit changes in each environment', async () => {
    await window.open('apps/web/base/configmap.yaml', 8);
    await window.page.keyboard.press('End');
    await window.page.keyboard.type('O');
    const lens = window.page.locator('.codelens-decoration', { hasText: 'unsaved' });
    await expect.poll(() => textOf(lens), { timeout: 30_000 }).toMatch(/CURRENCY EUR → EURO/);
    await window.command('Driftline: Preview Effect');
    await window.quickPicks().filter({ hasText: 'production' }).first().click();
    const diff = window.page.locator('.monaco-diff-editor');
    await diff.waitFor();
    await expect.poll(() => textOf(diff), { timeout: 20_000 }).toMatch(/CURRENCY: EURO/);
    await window.page.locator('.tab', { hasText: 'configmap.yaml' }).first().click();
    await window.command('File: Revert File');
    await window.command('View: Close All Editors');
  });

  test('compares both sides with secrets masked', async () => {
    await window.open('apps/web/base/secret.yaml', 8);
    await window.command('Driftline: Compare with Live');
    const diff = window.page.locator('.monaco-diff-editor');
    await diff.waitFor();
    const text = () => textOf(diff);
    await expect.poll(text, { timeout: 20_000 }).toMatch(/SESSION_KEY: .*•••/);
    expect(await text()).not.toMatch(/not-a-secret|bm90LWEt/);
    await window.command('View: Close All Editors');
  });

  test('commits and pushes the chosen file only', async () => {
    const config = join(repository, 'apps/web/base/configmap.yaml');
    await writeFile(config, (await readFile(config, 'utf8')).replace('info', 'debug'));
    await writeFile(join(repository, 'notes.txt'), 'not for git\n');
    await window.open('apps/web/base/configmap.yaml');
    await window.command('Driftline: Commit and Push');
    const picks = window.quickPicks();
    await picks.filter({ hasText: 'configmap.yaml' }).waitFor();
    await window.page.keyboard.press('Enter');
    await window.answer('Message', 'web: say more');
    await picks.filter({ hasText: 'Commit and Push' }).first().waitFor();
    await window.page.keyboard.press('Enter');
    await expect
      .poll(() => git(remote, 'log', '-1', '--format=%an: %s', 'main'), { timeout: 30_000 })
      .toBe('Test Person: web: say more');
    expect(git(remote, 'show', '--format=', '--name-only', 'main')).toBe(
      'apps/web/base/configmap.yaml',
    );
    expect(git(repository, 'status', '--short')).toBe('?? notes.txt');
  });
});

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8' }).trim();
}
