import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startControlPlane } from '../test/servers/start.ts';
import { buildUpstream } from './build-upstream.ts';
import { fuzzSession } from './fuzz-drift/session.ts';

/*
 * `npm run fuzz:drift -- [--pairs N] [--seed S] [--kinds A,B] [--modes ssa,flux,csa,csa3] [--object NUMBER]
 * [--cases FILE] [--server PROGRAM]`: makes random pairs of manifest and live object on a real kube-apiserver, and
 * holds what we say without asking it against its own dry-run. Prints the table, and where the failed pairs were
 * written as a drift case file. Exits 1 when a target is missed. `--server` is the kube-apiserver of another version,
 * such as a build of `k8s.io/kubernetes/cmd/kube-apiserver` at v1.34.4; we judge for the version that the server says
 * it is.
 */
const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    kinds: { type: 'string' },
    modes: { type: 'string' },
    object: { type: 'string' },
    cases: { type: 'string' },
    server: { type: 'string' },
  },
});

const log = (line: string) => process.stderr.write(`${line}\n`);
await buildUpstream(log);
const seed = values.seed === undefined ? Date.now() % 1_000_000_007 : Number(values.seed);
console.log(`seed ${seed}`);
const { plane, stop } = await startControlPlane(
  log,
  {},
  { controllers: false, apiServer: values.server },
);
const start = Date.now();
try {
  const outcome = await fuzzSession(plane, {
    pairs: Number(values.pairs),
    seed,
    log,
    kinds: values.kinds?.split(','),
    modes: values.modes?.split(','),
    only: values.object === undefined ? undefined : Number(values.object),
  });
  console.log(outcome.report);
  if (outcome.failed.length > 0) {
    const file = values.cases ?? join(tmpdir(), `fuzz-drift-${seed}.yaml`);
    await writeFile(file, outcome.cases);
    console.log(`${outcome.failed.length} pairs with faults: npm run score:drift -- ${file}`);
  }
  for (const miss of outcome.misses) console.log(`MISSED: ${miss}.`);
  console.log(`${((Date.now() - start) / 1000).toFixed(0)} s, seed ${seed}`);
  process.exitCode = outcome.misses.length > 0 ? 1 : 0;
} finally {
  await stop();
}
