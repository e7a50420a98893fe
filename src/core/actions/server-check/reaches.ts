import type { Pointer } from '../../model/path.ts';
import type { FieldPlace, RenderedObject } from '../../model/rendered.ts';
import type { Json } from '../../model/resource.ts';

/** True where the object begins in one of the files or folders, or a field of it is decided or changed there. */
export function reaches(object: RenderedObject, paths: readonly string[]): boolean {
  if (paths.length === 0) return true;
  const isIn = (file: string) =>
    paths.some(path => path === '' || file === path || file.startsWith(`${path}/`));
  const touches = ({ file, via = [] }: FieldPlace) =>
    // A step is `overlays/production/kustomization.yaml:9 images`.
    isIn(file) || via.some(step => isIn(/^(.*?):\d/.exec(step)?.[1] ?? ''));
  if (isIn(object.source.file)) return true;
  if (!object.places) return leavesOf(object.value).some(at => touches(object.locate(at)));
  let found = false;
  object.places(
    (_, place) => {
      found ||= touches(place);
    },
    () => false,
  );
  return found;
}

function leavesOf(value: Json, at: Pointer = []): Pointer[] {
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, [...at, Array.isArray(value) ? Number(key) : key]),
  );
}
