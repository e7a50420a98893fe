import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hover, MarkupContent } from 'vscode-languageserver-protocol';
import { repositoryWith } from '../cli/fixtures.ts';
import { type Client, startClient } from './client.ts';
import { namedRepository } from './completion-repository.ts';

let client: Client;

beforeAll(async () => {
  client = await startClient({
    folder: repositoryWith({
      ...namedRepository,
      'base/unknown.yaml':
        'apiVersion: nobody.example.com/v1\nkind: Thing\nmetadata:\n  name: a\nspec:\n  anything: 1\n',
      'base/cron.yaml':
        'apiVersion: stable.example.com/v1\nkind: CronTab\nmetadata:\n  name: a\nspec:\n  schedule: "* * * * *"\n  policy: Allow\n',
    }),
    initializationOptions: { trusted: true },
  });
  await client.compared(({ kind }) => kind === 'ready');
});
afterAll(() => client.stop());

/** The hover on the first place where a text stands. */
async function hover(file: string, word: string): Promise<string> {
  await client.open(file);
  const lines = client.textOf(file).split('\n');
  const line = lines.findIndex(each => each.includes(word));
  const found = await client.request<Hover | null>('textDocument/hover', {
    textDocument: { uri: client.uri(file) },
    position: { line, character: (lines[line] ?? '').indexOf(word) + 1 },
  });
  await client.close(file);
  return ((found?.contents as MarkupContent | undefined)?.value ?? '').replaceAll('&nbsp;', ' ');
}

describe('a hover on a field', () => {
  it.each<[string, string, string, RegExp[]]>([
    [
      'of a built-in kind',
      'base/deployment.yaml',
      'replicas',
      [
        /`integer`/,
        /Number of desired pods/,
        /apps\/v1 Deployment · Kubernetes 1\.33 · production, staging/,
      ],
    ],
    ['that is required', 'base/deployment.yaml', 'containerPort', [/`integer` · required/]],
    [
      'of a service that nothing deploys',
      'base/service.yaml',
      'targetPort',
      [/`integer or string`/],
    ],
    [
      'of a custom resource',
      'base/cron.yaml',
      'schedule',
      [/`string` · required/, /When it runs, as crontab\(5\) writes it\./, /custom resource/],
    ],
    [
      'with an enum',
      'base/cron.yaml',
      'policy',
      [/default `"Allow"`/, /Allowed Values/, /`Forbid`/],
    ],
    ['on its value', 'base/cron.yaml', 'Allow', [/default `"Allow"`/]],
    [
      'of kustomization.yaml',
      'base/kustomization.yaml',
      'configMapGenerator',
      [/list of configmaps to generate/i, /kustomize/],
    ],
    ['of Chart.yaml', 'charts/api/Chart.yaml', 'version', [/required/, /Helm/]],
    ['of driftline.yaml', 'driftline.yaml', 'environments', [/Driftline/]],
  ])('%s', async (_, file, word, expected) => {
    // Until everything is rendered the first time, what the files alone say has to do.
    const isSaid = async () => {
      const said = await hover(file, word);
      return expected.every(each => each.test(said)) ? 'as expected' : said;
    };
    await expect.poll(isSaid, { timeout: 10_000 }).toBe('as expected');
  });

  it('says in its first line what the field is, before how it comes about', async () => {
    const said = () => hover('base/deployment.yaml', 'replicas');
    await expect
      .poll(said, { timeout: 10_000 })
      .toMatch(
        /^`integer` · Number of desired pods\.\n\n\*\*`spec\.replicas`\*\* of Deployment.*---\n\nThis is a pointer/s,
      );
    expect((await said()).match(/Number of desired pods/g)).toHaveLength(1);
  });

  it('says nothing where nothing is known', async () => {
    expect(await hover('charts/api/values.yaml', 'repository')).not.toContain('Kubernetes 1.');
    expect(await hover('base/unknown.yaml', 'anything')).toBe('');
  });
});
