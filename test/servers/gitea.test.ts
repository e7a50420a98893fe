import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  askGitea,
  createRepository,
  createUser,
  type Gitea,
  mergePullRequest,
  pushTo,
} from './gitea-api.ts';
import { gitea } from './servers.ts';
import { WorkRepository } from './work-repository.ts';

// That the server itself works: what else fails then is ours.
let server: Gitea;
let work: WorkRepository;
beforeAll(async () => {
  server = await gitea();
  work = await WorkRepository.create({ 'README.md': 'one\n' });
});
afterAll(() => work.remove());

it('Gitea takes a push, a pull request and its merge', async () => {
  const alice = await createUser(server, 'alice');
  const repository = await createRepository(server, alice, 'fleet');
  await pushTo(server, repository, work);
  await work.git('switch', '--quiet', '--create', 'change');
  const commit = await work.commit('Change', { 'README.md': 'two\n' });
  await pushTo(server, repository, work);
  const path = `repos/${repository.owner}/${repository.name}`;
  const pull = await askGitea<{ number: number; head: { sha: string } }>(
    server,
    alice,
    'POST',
    `${path}/pulls`,
    { title: 'Change', head: 'change', base: 'main' },
  );
  expect(pull.head.sha).toBe(commit);
  await mergePullRequest(server, alice, repository, pull.number);
  await work.git('fetch', '--quiet', repository.pushUrl, 'main');
  expect(await work.git('show', 'FETCH_HEAD:README.md')).toBe('two');
});
