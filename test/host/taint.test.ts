import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { startControlPlane } from '../servers/start.ts';
import { prepareFleet, type TaintedFleet } from '../taint/prepare.ts';
import { found } from '../taint/secrets.ts';
import { tracesBelow, watchTraces } from '../taint/traces.ts';
import { openWindow, textOf, type Window } from './window.ts';

// A session in the real editor on a repository, a cluster, a kubeconfig and an environment full of secrets: none is
// on the screen, in a log, in a file that anybody wrote, or in the arguments of a process.

let fleet: TaintedFleet;
let window: Window;
let stopPlane: () => Promise<void>;
let watch: ReturnType<typeof watchTraces>;

beforeAll(async () => {
  const { plane, stop } = await startControlPlane(line => process.stderr.write(`${line}\n`));
  stopPlane = stop;
  fleet = await prepareFleet(plane);
  watch = watchTraces(fleet.written, fleet.secrets);
  window = await openWindow({ folder: fleet.repository, env: fleet.env });
});

afterAll(async () => {
  await window?.close();
  watch?.stop();
  await fleet?.remove();
  await stopPlane?.();
});

test('a session leaves no secret anywhere', async () => {
  onTestFailed(() => window.screenshot('dist/screenshots/failed/taint.png'));
  await window.environments();
  const rows = () => window.tree().then(lines => lines.map(({ spoken }) => spoken).join('\n'));
  await expect.poll(rows, { timeout: 60_000 }).toMatch(/main.*drifted/);
  for (const label of ['main', 'apps', 'Secret db', 'ConfigMap settings']) {
    await window.unfold(label);
    await nothingShown(label);
  }
  expect(await rows()).toContain('••• (changed)');

  await window.open('apps/settings.yaml', 10);
  await expect.poll(() => window.markers(), { timeout: 30_000 }).not.toEqual([]);
  await nothingShown('markers');
  for (const word of ['url', 'plain', 'ConfigMap']) {
    const hover = await window.hover(word);
    await expect.poll(() => textOf(hover)).not.toBe('');
    await nothingShown(`the hover of ${word}`);
    await window.page.keyboard.press('Escape');
  }

  for (const label of ['Secret db', 'ConfigMap settings', 'ConfigMap api']) {
    if (label === 'ConfigMap api') await window.unfold('api');
    const row = window.treeRows().filter({ hasText: label }).first();
    await row.hover();
    await row.getByRole('button', { name: /Compare/ }).click();
    const diff = window.page.locator('.monaco-diff-editor');
    await diff.waitFor();
    await expect.poll(() => textOf(diff), { timeout: 20_000 }).toContain('•••');
    await nothingShown(`${label} compared`);
    await window.command('View: Close All Editors');
  }

  await window.command('Driftline: Check Drift');
  await window.command('Driftline: Validate Repository');
  // It shows the problems when it is done, which takes the focus from whatever is typed into.
  const problems = window.page.locator('.markers-panel');
  await problems.waitFor({ timeout: 30_000 });
  await expect.poll(() => textOf(problems), { timeout: 30_000 }).toContain('wrong.yaml');
  await nothingShown('the problems');
  await window.command('Driftline: Show Log');
  await window.page.waitForTimeout(2000);
  await nothingShown('the log');
  expect(watch.stop()).toEqual([]);
  const left = [window.data, ...fleet.written].flatMap(path => tracesBelow(path, fleet.secrets));
  expect(left).toEqual([]);
});

/** Everything on the page: text, what screen readers say, tooltips, what is drawn behind lines, values of inputs. */
async function nothingShown(step: string): Promise<void> {
  const texts = await window.page.locator('html').evaluate(html => {
    const view = html.ownerDocument.defaultView;
    const names = ['aria-label', 'title', 'value', 'href', 'data-href'];
    const read = (element: typeof html) => [
      ...names.map(name => element.getAttribute(name) ?? ''),
      view.getComputedStyle(element, '::after').content,
      view.getComputedStyle(element, '::before').content,
    ];
    return [html.textContent ?? '', ...[...html.querySelectorAll('*')].flatMap(read)].join('\n');
  });
  // The editor writes spaces of its own.
  const plain = texts.replaceAll('\u00a0', ' ');
  expect(plain).toContain('settings');
  expect({ step, shown: found(plain, fleet.secrets) }).toEqual({ step, shown: [] });
}
