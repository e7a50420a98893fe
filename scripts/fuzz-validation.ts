import { parseArgs } from 'node:util';
import { startControlPlane } from '../test/servers/start.ts';
import { buildUpstream } from './build-upstream.ts';
import { fuzzSession } from './fuzz-validation/session.ts';
import { writeUnlisted } from './fuzz-validation/unlisted-file.ts';

/*
 * `npm run fuzz:validation -- [--mutations N] [--seed S] [--kinds PATTERN] [--only NUMBER] [--server PROGRAM]`: asks a
 * real kube-apiserver by dry-run with strict field validation whether it would create each object of the validation
 * cases, of the repository's own fixtures and of N random mutations, and holds what the judge says against it: verdict,
 * causes and warnings. Differences are listed with their reason in `fuzz-validation/differences.yaml`. Exits 1 for one
 * that is not, which stands with its object in a file, and when less than 99.8 % are the same. `--server` is the kube-apiserver of another version, such as a
 * build of `k8s.io/kubernetes/cmd/kube-apiserver` at v1.34.4.
 */
const { values } = parseArgs({
  options: {
    mutations: { type: 'string', default: '3000' },
    seed: { type: 'string' },
    kinds: { type: 'string' },
    only: { type: 'string' },
    server: { type: 'string' },
  },
});

const wantedShare = 0.998;
const log = (line: string) => process.stderr.write(`${line}\n`);
await buildUpstream(log);
const seed = values.seed === undefined ? Date.now() % 1_000_000_007 : Number(values.seed);
console.log(`seed ${seed}`);
const start = Date.now();
const { plane, stop } = await startControlPlane(
  log,
  { 'allow-privileged': 'true' },
  { controllers: false, apiServer: values.server },
);
try {
  const report = await fuzzSession(plane, {
    mutations: Number(values.mutations),
    seed,
    kinds: values.kinds,
    only: values.only === undefined ? undefined : Number(values.only),
  });
  console.log(report.text());
  const file = writeUnlisted(report, seed);
  if (file) console.log(`The objects whose differences are not listed are in ${file}.`);
  console.log(`${((Date.now() - start) / 1000).toFixed(0)} s, seed ${seed}`);
  process.exitCode = report.unlisted.length > 0 || report.share < wantedShare ? 1 : 0;
} finally {
  await stop();
}
