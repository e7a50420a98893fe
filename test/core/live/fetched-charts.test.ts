import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { ChartStore, sha256 } from '../../../src/core/charts/store.ts';
import { openLive } from '../../../src/core/live/live-repository.ts';
import { folderWith, repositoryWith } from '../../cli/fixtures.ts';
import { packed, podinfo } from '../charts/archive.ts';

const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url ?? '');
  response.writeHead(404).end();
});
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const cache = folderWith({});
vi.stubEnv('XDG_CACHE_HOME', cache);
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
  rmSync(cache, { recursive: true, force: true });
});

it('an environment that lacked a chart is compared as soon as somebody fetched it', async () => {
  const directory = repositoryWith({
    'driftline.yaml':
      'version: 1\nenvironments:\n- name: production\n  source: {path: web}\n  cluster: {snapshot: live.yaml}\n  kubernetes: "1.33"\n',
    'live.yaml': 'apiVersion: v1\nkind: List\nitems: []\n',
    'web/Chart.yaml': `apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies:\n- {name: podinfo, version: 6.5.0, repository: "${url}"}\n`,
  });
  const live = await openLive({
    directory,
    clusters: [],
    host: { log: () => {}, trusted: () => true, secret: () => undefined, forges: () => ({}) },
  });
  try {
    await live.settled();
    const states = () => JSON.stringify(live.environments());
    expect(states()).toContain('driftline fetch --trust');
    const archive = packed('podinfo', podinfo('6.5.0'));
    // Another process, such as the command line, has a store of its own in the same folder.
    const digest = sha256(archive);
    const news = new Promise<void>(resolve => {
      live.onChanged(() => resolve());
    });
    await new ChartStore(join(cache, 'driftline', 'charts')).put(
      { url, name: 'podinfo', version: '6.5.0' },
      { version: '6.5.0', digest, from: url, archive },
      new Date(),
    );
    await news;
    await live.settled();
    expect(states()).not.toContain('driftline fetch');
    // The snapshot does not say whether the Deployment is there: it was looked for.
    expect(asked, 'an open repository asks no address').toEqual([]);
    expect(live.environments()[0]?.counts).toMatchObject({ unknown: 1 });
  } finally {
    await live.close();
  }
});
