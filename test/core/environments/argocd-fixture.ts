import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { discoverEnvironments } from '../../../src/core/environments/discover.ts';
import { RepositoryIndex } from '../../../src/core/manifests/repository-index.ts';
import { objectAt, textAt } from '../../../src/core/model/fields.ts';
import type { JsonObject } from '../../../src/core/model/resource.ts';
import { createRendering } from '../../../src/core/render/rendering.ts';
import type { SetAnswer, SetRequest } from '../../../src/core/upstream/application-sets.ts';
import type { RendererProgram } from '../../../src/core/upstream/renderer.ts';
import { filesBelow, repositoryOf } from '../render/harness.ts';

/** A repository of Applications and ApplicationSets, and what a real Argo CD made of it (test/servers/argo-manifests). */
const folder = join(import.meta.dirname, 'fixtures/argocd');
export const recordedFile = join(folder, 'recorded.json');
/** The address that stands in it. */
export const fleet = 'https://git.example/fleet.git';

export interface Made {
  /** By their names: the objects that each makes, sorted, or `null` where it fails. */
  applications: Record<string, JsonObject[] | null>;
  /** The Applications that each set makes, by set and name; `null` where it fails. */
  sets: Record<string, Record<string, JsonObject> | null>;
}

export function fleetFiles(): Record<string, string> {
  const files = Object.entries(filesBelow(folder)).filter(([name]) => name !== 'recorded.json');
  return Object.fromEntries(files.map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));
}

export function recorded(): Made {
  return JSON.parse(readFileSync(recordedFile, 'utf8'));
}

/** Its environments as a workspace finds them; `heard` is told what sets are expanded to. */
export async function discoverFleet(
  program: RendererProgram,
  heard: (request: SetRequest, answer: SetAnswer) => void = () => {},
) {
  const repository = repositoryOf(fleetFiles());
  const rendering = createRendering(repository, program);
  const found = await discoverEnvironments({
    index: await RepositoryIndex.build(repository),
    remotes: [fleet],
    render: application => rendering.render(application),
    trace: application => rendering.trace(application),
    expand: async request => {
      const answer = await program.expand(repository, request);
      heard(request, answer);
      return answer;
    },
  });
  return { rendering, found };
}

/** What we make of it. */
export async function madeHere(program: RendererProgram): Promise<Made> {
  const sets: Made['sets'] = {};
  const { rendering, found } = await discoverFleet(program, (request, answer) => {
    const values = answer.applications.map(({ value }) => value);
    const named = values.map(value => [textAt(value, 'metadata', 'name') ?? '', comparable(value)]);
    if (answer.asks.length === 0)
      sets[textAt(request.set, 'metadata', 'name') ?? ''] =
        answer.unresolved.length > 0 ? null : Object.fromEntries(named);
  });
  const made: Made = { applications: {}, sets };
  const applications = found.environments.flatMap(each => each.applications);
  for (const application of applications.filter(({ origin }) => origin.file === 'apps.yaml')) {
    const { objects, failure, notChecked } = await rendering.render(application);
    if (notChecked.length > 0) throw new Error(`${application.name}: ${notChecked[0]?.reason}`);
    made.applications[application.name] = failure ? null : sorted(objects.map(each => each.value));
  }
  for (const { place, reason } of found.unresolved)
    if (place.file === 'apps.yaml')
      made.applications[/Application (\S+):/.exec(reason)?.[1] ?? ''] = null;
  for (const { name, source } of applications)
    if (source.kind === 'unresolved' && name in made.applications) made.applications[name] = null;
  return made;
}

/** As much of a generated Application as its set says. */
export function comparable(application: JsonObject): JsonObject {
  const { name, labels, annotations, finalizers } = objectAt(application, 'metadata') ?? {};
  const said = { name, labels, annotations, finalizers, spec: application.spec };
  return Object.fromEntries(
    Object.entries(said).filter((entry): entry is [string, JsonObject] => entry[1] !== undefined),
  );
}

/** Objects by kind, namespace and name; without the mark by which Argo CD knows its own. */
export function sorted(objects: readonly JsonObject[]): JsonObject[] {
  const plain = objects.map(object => {
    const copy = structuredClone(object);
    const metadata = objectAt(copy, 'metadata');
    const annotations = objectAt(metadata, 'annotations');
    if (annotations) delete annotations['argocd.argoproj.io/tracking-id'];
    if (metadata && annotations && Object.keys(annotations).length === 0)
      delete metadata.annotations;
    return copy;
  });
  const key = (object: JsonObject) =>
    [
      object.kind,
      textAt(object, 'metadata', 'namespace'),
      textAt(object, 'metadata', 'name'),
    ].join();
  return plain.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
