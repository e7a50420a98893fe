import { describe, expect, it } from 'vitest';
import { folderWith } from './fixtures.ts';
import { driftline } from './run.ts';

const service = (port: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n  ports:\n  - port: ${port}\n`;
const overlay = 'resources: [../../base]\npatches:\n- path: patch.yaml\n';
const files = {
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': service('80'),
  // Only the merged object tells that two ports have one number.
  'overlays/live/kustomization.yaml': overlay,
  'overlays/live/patch.yaml': service('70000'),
  'alone.yaml': service('eighty'),
  'driftline.yaml': 'version: 1\nenvironments: [{ name: live, source: { path: overlays/live } }]\n',
};

describe('validate --no-render', () => {
  it('checks each file as it stands, and says what it leaves open', async () => {
    const folder = folderWith(files);
    const flags = ['-C', folder, '--offline', '--format', 'json'];
    const rendered = JSON.parse((await driftline(['validate', ...flags])).stdout);
    const ran = await driftline(['validate', '--no-render', ...flags]);
    const { findings, notChecked, checked } = JSON.parse(ran.stdout);
    const places = (all: { file: string; line: number }[]) =>
      all.map(({ file, line }) => `${file}:${line}`);
    expect(places(rendered.findings)).toContain('overlays/live/patch.yaml:6');
    expect(places(findings)).toEqual(['alone.yaml:6']);
    expect(checked.files).toBe(rendered.checked.files);
    expect(notChecked).toContainEqual(
      expect.objectContaining({ reason: expect.stringContaining('nothing was rendered') }),
    );
    expect(ran.status).toBe(1);
  });

  it('is no clean bill where it must be strict', async () => {
    const folder = folderWith({ 'alone.yaml': service('80') });
    const flags = ['-C', folder, '--offline', '--no-render'];
    expect((await driftline(['validate', ...flags])).status).toBe(0);
    expect((await driftline(['validate', ...flags, '--strict'])).status).toBe(3);
  });

  it.each([['-e', 'live'], ['--server']])('cannot be used with %s', async (...option) => {
    const ran = await driftline(['validate', '--no-render', ...option, '-C', folderWith(files)]);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('--no-render');
  });
});
