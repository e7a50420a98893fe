import type { Schemas } from '../../src/core/schemas/type.ts';
import { type Judge, judgeVersion } from '../../src/core/upstream/judge.ts';
import { concurrency, type Server } from '../fuzz-drift/server.ts';
import { differences } from './compare.ts';
import { withoutMadeName } from './made-name.ts';
import type { Manifest } from './manifests.ts';
import { ourWord } from './our-word.ts';
import type { Report } from './report.ts';
import type { Served } from './served.ts';
import { serverWord } from './server-word.ts';
import type { Word } from './word.ts';

export interface Setting {
  server: Server;
  judge: Judge;
  schemas: Schemas;
  served: Served;
  /** The server's version, such as `1.36`. */
  target: string;
}

const batch = 400;

/** Asks both about each object, and reports how they differ. */
export async function tryAll(
  setting: Setting,
  manifests: readonly Manifest[],
  report: Report,
): Promise<void> {
  for (let start = 0; start < manifests.length; start += batch)
    await tryBatch(setting, manifests.slice(start, start + batch), report);
}

async function tryBatch(setting: Setting, manifests: readonly Manifest[], report: Report) {
  const { judge, schemas, target } = setting;
  const objects = manifests.map(({ object }) => object);
  const [theirs, findings] = await Promise.all([
    askServer(setting, manifests),
    judge.validate(objects, { target, customTypes: schemas.customTypes }),
  ]);
  for (const [index, manifest] of manifests.entries()) {
    const { object } = manifest;
    const server = withoutMadeName(object, theirs[index] as Word);
    const ours = withoutMadeName(object, ourWord(object, findings[index] ?? [], schemas));
    report.add(manifest, server, differences(server, ours, target !== judgeVersion), target);
  }
}

async function askServer({ server, served }: Setting, manifests: readonly Manifest[]) {
  const words: Word[] = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at < manifests.length; at = next++) {
      const { object } = manifests[at] as Manifest;
      words[at] = await serverWord(server, served.pathOf(object) ?? '', object);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return words;
}
