import type { RenderedObject } from '../../model/rendered.ts';

/** True where the object begins in one of the files or folders, or a field of it is decided there. */
export function reaches(object: RenderedObject, paths: readonly string[]): boolean {
  if (paths.length === 0) return true;
  const isIn = (file: string) =>
    paths.some(path => path === '' || file === path || file.startsWith(`${path}/`));
  if (isIn(object.source.file)) return true;
  let found = false;
  object.places?.(
    (_, place) => {
      found ||= isIn(place.file);
    },
    () => false,
  );
  return found;
}
