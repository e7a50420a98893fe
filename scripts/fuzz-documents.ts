import { parseArgs } from 'node:util';
import { Judge } from '../src/core/upstream/judge.ts';
import { buildUpstream } from './build-upstream.ts';
import { fuzzDocuments } from './fuzz-documents/run.ts';
import { soundTexts } from './fuzz-documents/texts.ts';

/*
 * `npm run fuzz:documents -- [--documents N] [--definitions N] [--seed S] [--structure]`: validates mutated YAML and
 * objects of mutated CustomResourceDefinitions: nothing may be thrown, hang, or be found outside of its text.
 * `--structure`: without the judge. Exits 1 when one did.
 */
const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '100000' },
    definitions: { type: 'string', default: '2000' },
    seed: { type: 'string' },
    structure: { type: 'boolean', default: false },
  },
});

await buildUpstream(line => process.stderr.write(`${line}\n`));
const seed = values.seed === undefined ? Date.now() % 1_000_000_007 : Number(values.seed);
const judge = values.structure ? undefined : new Judge();
try {
  console.log(`seed ${seed}`);
  const { faults, findings, slowest } = await fuzzDocuments({
    texts: soundTexts(),
    documents: Number(values.documents),
    definitions: Number(values.definitions),
    seed,
    judge,
  });
  for (const { trial, what, text } of faults.slice(0, 20))
    console.log(`${trial}: ${what}\n${text}\n`);
  console.log(
    `${values.documents} documents, ${values.definitions} definitions: ${findings} findings, slowest ${Math.round(slowest)} ms, ${faults.length} faults`,
  );
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  await judge?.close();
}
