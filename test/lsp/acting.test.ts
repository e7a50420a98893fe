import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDemo } from '../../scripts/demo.ts';
import { notifications, requests } from '../../src/lsp/protocol.ts';
import { folderWith, git } from '../cli/fixtures.ts';
import { type Client, startClient } from './client.ts';

const replicas = 'apps/web/overlays/production/replicas.yaml';

describe('carrying a change from the editor', () => {
  let client: Client;
  let remote: string;
  const save = async (text: string) => {
    writeFileSync(join(client.folder, replicas), text);
    await client.connection.sendNotification('textDocument/didSave', {
      textDocument: { uri: client.uri(replicas) },
    });
  };
  beforeAll(async () => {
    const { repository } = await makeDemo(folderWith({}));
    remote = folderWith({});
    git(remote, 'init', '--quiet', '--bare', '--initial-branch=main');
    git(repository, 'remote', 'set-url', 'origin', remote);
    git(repository, 'push', '--quiet', '--set-upstream', 'origin', 'main');
    git(repository, 'config', 'user.name', 'Test');
    git(repository, 'config', 'user.email', 'test@example.com');
    client = await startClient({
      folder: repository,
      initializationOptions: { trusted: true, markers: true },
    });
    await client.open(replicas);
    await client.compared();
  });
  afterAll(() => client.stop());

  it('refuses what is not saved', async () => {
    await client.replace(replicas, 'replicas: 3', 'replicas: 5');
    const commit = { paths: [replicas], message: 'scale', push: false };
    await expect(client.ask(requests.commit, commit)).rejects.toMatchObject({
      code: 1,
      message: `${replicas} has changes that are not saved: save it first.`,
    });
  });

  it('says what a commit would hold, and for which environment', async () => {
    await save(client.textOf(replicas));
    const plan = await client.ask(requests.commitPlan, { environment: 'production' });
    expect(plan).toMatchObject({
      branch: 'main',
      upstream: 'origin/main',
      files: [{ path: replicas, change: 'modified', environments: ['production'] }],
    });
    expect((await client.ask(requests.commitPlan, { environment: 'staging' })).files).toEqual([]);
  });

  it('proposes the change on a branch of its own, and says what it does meanwhile', async () => {
    const plan = await client.ask(requests.proposalPlan, { paths: [replicas] });
    expect(plan.title).toContain('production');
    const made = await client.ask(requests.propose, { plan, id: 'p1' });
    expect(made).toMatchObject({ kind: 'branch', branch: plan.branch });
    expect(git(remote, 'show', `${plan.branch}:${replicas}`)).toContain('replicas: 5');
    const told = client.messages.filter(({ method }) => method === notifications.progress.method);
    expect(told.map(({ params }) => params)).toContainEqual({
      id: 'p1',
      message: `Pushing ${plan.branch}`,
    });
  });

  it('commits and pushes what was chosen', async () => {
    const commit = { paths: [replicas], message: 'Scale production', push: true };
    const made = await client.ask(requests.commit, commit);
    expect(made).toMatchObject({ branch: 'main' });
    expect(git(remote, 'log', '-1', '--format=%H %s', 'main').trim()).toBe(
      `${made.commit} Scale production`,
    );
    expect((await client.ask(requests.commitPlan, {})).files).toEqual([]);
  });

  it('rolls an application back on a branch of its own', async () => {
    const named = { environment: 'production', application: 'web' };
    const [newest, before] = await client.ask(requests.rollbackRevisions, named);
    expect(newest?.subject).toBe('Scale production');
    const commit = before?.commit ?? '';
    const plan = await client.ask(requests.rollbackPlan, { ...named, commit });
    expect(plan.paths).toEqual([replicas]);
    const made = await client.ask(requests.rollback, { plan });
    expect(git(remote, 'show', `${made.branch}:${replicas}`)).toContain('replicas: 3');
    expect(client.textOf(replicas)).toContain('replicas: 5');
  });
});
