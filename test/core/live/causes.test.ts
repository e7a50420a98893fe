import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Live } from '../../../src/core/live/live.ts';
import { openLive } from '../../../src/core/live/live-repository.ts';
import { deployment, fleet, kustomization, runningWeb, source } from '../actions/cause/fleet.ts';

const file = 'apps/web.yaml';

async function openHere(directory: string): Promise<Live> {
  const host = {
    log: () => {},
    trusted: () => true,
    secret: () => undefined,
    forges: () => ({}),
  };
  const live = await openLive({ directory, clusters: [], host });
  onTestFinished(() => live.close());
  await live.settled();
  return live;
}

const causes = (live: Live) =>
  live
    .markers(file)
    .flatMap(({ differences }) => differences.map(({ path }) => [path?.path, path?.cause?.kind]));

it('follows an edit from the editor to the cluster', async () => {
  const world = fleet();
  world.runs([kustomization(world.first), source(world.remote), runningWeb()]);
  const live = await openHere(world.root);
  expect(causes(live)).toEqual([]);

  live.edit(file, deployment({ replicas: 4 }));
  await live.settled();
  expect(causes(live)).toEqual([['.spec.replicas', 'not-saved']]);

  writeFileSync(join(world.root, file), deployment({ replicas: 4 }));
  live.edit(file, undefined);
  live.changedOnDisk([file]);
  await live.settled();
  expect(causes(live)).toEqual([['.spec.replicas', 'not-committed']]);

  // A second field that is not saved, beside the one that is.
  live.edit(file, deployment({ replicas: 4, image: '2' }));
  await live.settled();
  expect(new Map(causes(live) as [string, string][])).toEqual(
    new Map([
      ['.spec.replicas', 'not-committed'],
      ['.spec.template.spec.containers[name="app"].image', 'not-saved'],
    ]),
  );
  live.edit(file, undefined);

  world.git('commit', '--quiet', '-am', 'four');
  live.changedOnDisk(['.git/refs/heads/main']);
  await live.settled();
  expect(causes(live)).toEqual([['.spec.replicas', 'not-pushed']]);

  world.git('push', '--quiet');
  live.changedOnDisk(['.git/refs/remotes/origin/main']);
  await live.settled();
  expect(causes(live)).toEqual([['.spec.replicas', 'not-synced']]);
  const [environment] = live.environments();
  expect(environment?.applications[0]?.objects[0]?.paths[0]?.cause).toEqual({
    kind: 'not-synced',
    reason: `Flux applied ${world.first.slice(0, 7)} last.`,
  });
});

it('says what differs at once, and why a moment later', async () => {
  const world = fleet();
  world.runs([kustomization(world.first), source(world.remote), runningWeb()]);
  const live = await openHere(world.root);
  const told: unknown[] = [];
  live.onChanged(() => told.push(causes(live)));
  live.edit(file, deployment({ replicas: 4 }));
  await live.settled();
  expect(told[0]).toEqual([['.spec.replicas', undefined]]);
  expect(told.at(-1)).toEqual([['.spec.replicas', 'not-saved']]);
  // An answer that comes again does not take back what was known.
  const before = told.length;
  live.edit(file, `# a comment\n${deployment({ replicas: 4 })}`);
  await live.settled();
  expect(told.slice(before).flat()).not.toContainEqual(['.spec.replicas', undefined]);
});
