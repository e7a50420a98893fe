import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContextSettings, followKubeconfig } from '../../../src/core/cluster/kubeconfig/follow.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'driftline-follow-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const config = (token: string, more = '') => `clusters:
- { name: main, cluster: { server: "https://main" } }
users:
- { name: me, user: { token: ${token} } }
contexts:
- { name: prod, context: { cluster: main, user: me } }
${more}`;

describe('the settings of a context', () => {
  const settings = () => {
    const env = { KUBECONFIG: join(folder, 'config') };
    return new ContextSettings(() => ({ env, root: '/nowhere', trusted: false }));
  };
  const write = (text: string) => writeFileSync(join(folder, 'config'), text);

  it('are another text when it leads elsewhere or to others, and hold no secret', async () => {
    const contexts = settings();
    write(config('abc'));
    const first = await contexts.of('prod');
    expect(first).not.toContain('abc');
    write(config('abd'));
    expect(await contexts.of('prod')).toBe(first);
    contexts.forget();
    expect(await contexts.of('prod')).not.toBe(first);
    write(config('abc', '- { name: dev, context: { cluster: main } }\n# a remark'));
    contexts.forget();
    expect(await contexts.of('prod')).toBe(first);
    write('contexts: []');
    contexts.forget();
    expect(await contexts.of('prod')).toBe('absent');
  });

  it('stand while somebody writes the file', async () => {
    const contexts = settings();
    write(config('abc'));
    const first = await contexts.of('prod');
    write('contexts: [{');
    contexts.forget();
    expect(await contexts.of('prod')).toBe(first);
    expect(await contexts.of('other')).toBe('unreadable');
  });
});

describe('a kubeconfig', () => {
  it('is followed when it changes, is put in place of another one, or appears', async () => {
    const [one = '', two = ''] = ['one', 'two'].map(name => join(folder, name));
    writeFileSync(one, 'a: 1');
    let changes = 0;
    const end = followKubeconfig({ KUBECONFIG: [one, two].join(delimiter) }, () => changes++);
    const seen = (count: number) => expect.poll(() => changes, { timeout: 10_000 }).toBe(count);
    await new Promise(resolve => setTimeout(resolve, 500));
    writeFileSync(one, 'a: 22');
    await seen(1);
    writeFileSync(join(folder, 'new'), 'a: 333');
    renameSync(join(folder, 'new'), one);
    await seen(2);
    writeFileSync(two, 'b: 1');
    await seen(3);
    end();
    writeFileSync(one, 'a: 4444');
    await new Promise(resolve => setTimeout(resolve, 3000));
    expect(changes).toBe(3);
  }, 60_000);
});
