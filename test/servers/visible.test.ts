import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { notifications } from '../../src/lsp/protocol.ts';
import { type Client, startClient } from '../lsp/client.ts';
import { FaultProxy, writeKubeconfig } from './fault-proxy.ts';
import { apply, withNamespace } from './plane.ts';
import { configMap, Folder, manifests } from './sync-harness.ts';

// What a person looks at comes first: over the language server's own protocol, by the order in which the API server
// is asked about objects.

const plane = inject('plane');
// More than are compared in one go.
const count = 300;
const names = Array.from({ length: count }, (_, index) => `c-${index}`);
const fileOf = (name: string) => `app/${name}.yaml`;
/** As many are prepared at the same time. */
const together = 16;

let proxy: FaultProxy;
let folder: Folder;
let client: Client | undefined;
beforeEach(async () => {
  proxy = await FaultProxy.before(plane);
});
afterEach(async () => {
  await client?.stop();
  client = undefined;
  folder.remove();
  await proxy.close();
});

/** Names in the order in which their apply was tried. */
const tried = () =>
  proxy.asked
    .filter(({ method, query }) => method === 'PATCH' && query.get('dryRun') === 'All')
    .map(({ path }) => path.split('/').at(-1) ?? '');
const isEarly = (name: string) => {
  const at = tried().indexOf(name);
  return at >= 0 && at < together;
};
const live = (namespace: string, value: string) =>
  apply(
    names.map(name => configMap(name, { a: value }, namespace)),
    '--server-side',
    '--force-conflicts',
  );

async function start(namespace: string, ours: boolean): Promise<Client> {
  folder = new Folder('', {
    'driftline.yaml': `version: 1
environments:
- name: staging
  source: { path: app }
  cluster: { context: admin }
  namespace: ${namespace}
`,
    ...Object.fromEntries(
      names.map(name => [fileOf(name), manifests(configMap(name, { a: 'declared' }))]),
    ),
  });
  const kubeconfig = `${folder.path}/kubeconfig`;
  writeKubeconfig(kubeconfig, plane, proxy.url);
  client = await startClient({
    folder: folder.path,
    initializationOptions: { trusted: true, markers: ours },
    env: { KUBECONFIG: kubeconfig },
  });
  return client;
}

const allTried = () => expect.poll(() => new Set(tried()).size, { timeout: 20_000 }).toBe(count);

describe('the server of the cluster is asked first', () => {
  it('about what our editor shows, whatever else is open', () =>
    withNamespace('visible', async namespace => {
      await live(namespace, 'by hand');
      const started = await start(namespace, true);
      const show = (...shown: string[]) =>
        started.connection.sendNotification(notifications.visible.method, {
          uris: shown.map(name => started.uri(fileOf(name))),
        });
      await started.open(fileOf('c-2'));
      await show('c-298', 'c-299');
      await started.compared(({ environments }) => environments[0]?.counts.drifted === count);
      await allTried();
      expect([isEarly('c-298'), isEarly('c-299')]).toEqual([true, true]);

      // The person turns to another file; then everything changes at the same time.
      await show('c-297');
      proxy.hold();
      await live(namespace, 'by hand again');
      await expect.poll(() => proxy.waiting, { timeout: 10_000 }).toBe(count);
      proxy.asked = [];
      await proxy.release(100_000);
      await allTried();
      expect([isEarly('c-297'), isEarly('c-298')]).toEqual([true, false]);
    }));

  it('about what is open, where the editor does not tell what it shows', () =>
    withNamespace('visible', async namespace => {
      await live(namespace, 'by hand');
      const started = await start(namespace, false);
      await started.open(fileOf('c-299'));
      await started.compared(({ environments }) => environments[0]?.counts.drifted === count);
      await allTried();
      expect([isEarly('c-299'), isEarly('c-298')]).toEqual([true, false]);
    }));
});
