import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Server } from '../../scripts/fuzz-drift/server.ts';
import { begin } from '../../src/core/drift/begin.ts';
import { compareObjects } from '../../src/core/drift/compare.ts';
import type { DriftInput } from '../../src/core/drift/input.ts';
import { createSchemas } from '../../src/core/schemas/schemas.ts';
import { Judge } from '../../src/core/upstream/judge.ts';
import {
  type AppliedObject,
  applyObjects,
  corporaFolder,
  definitionsIn,
  renderedObjects,
} from './applied-corpora.ts';
import { startControlPlane } from './start.ts';

// What public repositories render is applied to a real server, by three kinds of owners, and compared with what
// lives then. Nearly all must be settled by the proof alone: it is what makes large environments fast.

const log = (line: string) => process.stderr.write(`${line}\n`);
const hasCorpora = existsSync(corporaFolder);

describe.skipIf(!hasCorpora && !process.env.CI)('the proof of no change', () => {
  it('settles 98 % of what is in sync in an environment of real objects', async () => {
    const { plane, stop } = await startControlPlane(log, {}, { controllers: false });
    const server = new Server(plane);
    const judge = new Judge();
    try {
      const rendered = await renderedObjects();
      const applied = await applyObjects(server, rendered);
      log(`${rendered.length} objects rendered, ${applied.length} applied`);
      const schemas = createSchemas({ version: '1.36', crds: definitionsIn(applied) });
      const inputs = applied.map(inputOf);
      const results = await compareObjects(inputs, { judge, schemas, target: '1.36' });
      const begun = await Promise.all(inputs.map(input => begin(input, schemas)));
      const proven = begun.map(each => 'open' in each && each.proven);
      const shares = new Map<string, { synced: number; proven: number; all: number }>();
      for (const [index, { profile, resource }] of applied.entries()) {
        const share = shares.get(profile.mode) ?? { synced: 0, proven: 0, all: 0 };
        shares.set(profile.mode, share);
        share.all++;
        if (results[index]?.state !== 'synced') continue;
        share.synced++;
        if (proven[index]) share.proven++;
        else
          log(
            `not proven: ${profile.mode} ${resource.kind} ${resource.namespace}/${resource.name}`,
          );
      }
      for (const [mode, { synced, proven: settled, all }] of shares)
        log(
          `${mode}: ${settled} of ${synced} in sync proven (${((100 * settled) / synced).toFixed(2)} %), ${all} objects`,
        );
      expect(applied.length).toBeGreaterThan(600);
      for (const { synced, proven: settled, all } of shares.values()) {
        expect(synced).toBeGreaterThan(all * 0.9);
        expect(settled).toBeGreaterThanOrEqual(synced * 0.98);
      }
    } finally {
      server.close();
      await judge.close();
      await stop();
    }
  }, 600_000);
});

function inputOf({ resource, desired, live, profile }: AppliedObject): DriftInput {
  return { resource, desired, live, owners: { said: profile }, ignore: [], substituted: true };
}
