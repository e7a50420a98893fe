import type { Place } from '../model/source.ts';
import type {
  RendererAnswer,
  RendererObject,
  RendererPlace,
  RendererProvenance,
  RendererUnused,
} from '../upstream/renderer.ts';

/** A file, or what is below a folder, that the renderer saw at a path where the repository has it not. */
export type Elsewhere = { prefix: string } & (
  | {
      /** Nobody can edit what is in an archive: its places are `place`, and the chain names them. */
      title: string;
      place: Place;
    }
  /** The path in the repository that has the same texts. */
  | { path: string }
);

/** The archives that a render read from the repository: what is in them has `place`. */
export function packedIn({ reads }: RendererAnswer, place: Place): Elsewhere[] {
  return reads
    .filter(file => file.endsWith('.tgz'))
    .map(file => ({ prefix: `${file}/`, title: file, place }));
}

/** The answer with places that a person can go to, and only what it read of the repository. */
export function withPlacesHere(
  answer: RendererAnswer,
  elsewhere: readonly Elsewhere[],
): RendererAnswer {
  if (elsewhere.length === 0) return answer;
  const here = (paths: string[]) => [...new Set(paths.flatMap(path => inRepository(path)))];
  const inRepository = (path: string): string[] => {
    const found = elsewhere.find(({ prefix }) => path.startsWith(prefix));
    if (!found) return [path];
    return 'path' in found ? [found.path + path.slice(found.prefix.length)] : [];
  };
  const known = new Map<RendererPlace, RendererPlace>();
  const map = (place: RendererPlace): RendererPlace => {
    const mapped = known.get(place) ?? placeHere(place, elsewhere);
    known.set(place, mapped);
    return mapped;
  };
  return {
    ...answer,
    objects: (answer.objects ?? []).map(object => objectHere(object, map)),
    // What an archive has to say of itself is nobody's here to change.
    unused: answer.unused?.flatMap(each =>
      here([each.file]).map((file): RendererUnused => ({ ...each, file })),
    ),
    reads: here(answer.reads),
    absent: here(answer.absent),
    listed: here(answer.listed),
  };
}

type MapPlace = (place: RendererPlace) => RendererPlace;

function objectHere(object: RendererObject, map: MapPlace): RendererObject {
  const at = (file: string): RendererPlace => ({ file, line: 1, column: 1, how: 'unknown' });
  const { source, provenance } = object;
  return {
    ...object,
    ...(source !== undefined && { source: map(at(source)).file }),
    ...(provenance && { provenance: provenanceHere(provenance, map) }),
  };
}

function provenanceHere({ source, fields }: RendererProvenance, map: MapPlace): RendererProvenance {
  const entries = Object.entries(fields).map(([pointer, place]) => [pointer, map(place)]);
  return { source: map(source), fields: Object.fromEntries(entries) };
}

function placeHere(place: RendererPlace, elsewhere: readonly Elsewhere[]): RendererPlace {
  const via = place.via?.map(step => stepHere(step, elsewhere));
  const found = elsewhere.find(({ prefix }) => place.file.startsWith(prefix));
  if (!found) return via ? { ...place, via } : place;
  if ('path' in found)
    return {
      ...place,
      ...(via && { via }),
      file: found.path + place.file.slice(found.prefix.length),
    };
  const how = place.how === 'unknown' ? 'unknown' : 'template';
  const step = stepHere(`${place.file}:${place.line}`, [found]);
  return { ...found.place, how, via: [step, ...(via ?? [])] };
}

/** A link of a chain begins with its place: `podinfo-6.5.0.tgz: templates/deployment.yaml:12`. */
function stepHere(step: string, elsewhere: readonly Elsewhere[]): string {
  const found = elsewhere.find(({ prefix }) => step.startsWith(prefix));
  if (!found) return step;
  const rest = step.slice(found.prefix.length);
  return 'path' in found
    ? found.path + rest
    : `${found.title}: ${rest.replace(/^\//, '').replace(/^:/, 'line ')}`;
}
