import type { ComparedEnvironment, ComparedObject } from './compared.ts';
import type { MarkedDifference, Marker } from './state.ts';

/** States whose objects stand on a line although no field of theirs differs. */
const wholeStates = new Set(['missing', 'invalid', 'drifted', 'suspect', 'terminating']);

/**
 * What stands at the ends of the lines of each file, the environments in their order. Follows single objects, so
 * that only the markers of files that they stand in are made anew.
 */
export class Markers {
  readonly #isEdited: (file: string) => boolean;
  /** Keys of the objects that mark a file, and the files that an object marks, by environment. */
  readonly #marking = new Map<string, Marking>();
  #files = new Map<string, Marker[]>();

  constructor(isEdited: (file: string) => boolean) {
    this.#isEdited = isEdited;
  }

  /** Those of each file that has some. */
  get files(): ReadonlyMap<string, readonly Marker[]> {
    return this.#files;
  }

  of(file: string): Marker[] {
    return this.#files.get(file) ?? [];
  }

  /** Makes all anew; answers the files whose markers are others now. */
  renew(environments: readonly ComparedEnvironment[]): Set<string> {
    const before = this.#files;
    this.#files = new Map();
    this.#marking.clear();
    for (const { environment, objects } of environments) {
      const marking = new Marking();
      this.#marking.set(environment.name, marking);
      for (const [key, object] of objects) marking.put(key, object);
    }
    const marked = [...this.#marking.values()].flatMap(marking => [...marking.files()]);
    for (const file of new Set(marked)) this.#make(file, environments);
    const all = new Set([...before.keys(), ...this.#files.keys()]);
    return new Set([...all].filter(file => !isSame(before.get(file), this.#files.get(file))));
  }

  /** Takes objects of one environment as they are now; answers the files whose markers are others. */
  follow(
    environments: readonly ComparedEnvironment[],
    name: string,
    keys: Iterable<string>,
  ): Set<string> {
    const marking = this.#marking.get(name) ?? new Marking();
    this.#marking.set(name, marking);
    const objects = environments.find(({ environment }) => environment.name === name)?.objects;
    const files = new Set([...keys].flatMap(key => [...marking.put(key, objects?.get(key))]));
    return new Set([...files].filter(file => this.#make(file, environments)));
  }

  /** Makes the markers of a file; true where they are others now. */
  #make(file: string, environments: readonly ComparedEnvironment[]): boolean {
    const before = this.#files.get(file);
    const lines = new Map<number, MarkedDifference[]>();
    const isEdited = this.#isEdited(file);
    for (const { environment, objects } of environments) {
      const keys = this.#marking.get(environment.name)?.of(file) ?? [];
      for (const key of keys) {
        const object = objects.get(key);
        for (const { line, difference } of object
          ? differencesOf(object, environment.name, file)
          : [])
          lines.set(line, [
            ...(lines.get(line) ?? []),
            isEdited ? { ...difference, edited: true } : difference,
          ]);
      }
    }
    const markers = [...lines]
      .map(([line, differences]) => ({ line, differences }))
      .sort((a, b) => a.line - b.line);
    if (markers.length > 0) this.#files.set(file, markers);
    else this.#files.delete(file);
    return !isSame(before, this.#files.get(file));
  }
}

/** Which objects of an environment mark which files. */
class Marking {
  readonly #byFile = new Map<string, Set<string>>();
  readonly #byKey = new Map<string, ReadonlySet<string>>();

  files(): Iterable<string> {
    return this.#byFile.keys();
  }

  /** In an order that stays. */
  of(file: string): string[] {
    return [...(this.#byFile.get(file) ?? [])].sort();
  }

  /** Takes an object as it is now; answers the files that it marked or marks. */
  put(key: string, object: ComparedObject | undefined): ReadonlySet<string> {
    const before = this.#byKey.get(key);
    const now = object && filesOf(object);
    for (const file of before ?? []) {
      const keys = this.#byFile.get(file);
      keys?.delete(key);
      if (keys?.size === 0) this.#byFile.delete(file);
    }
    for (const file of now ?? []) {
      const keys = this.#byFile.get(file) ?? new Set();
      this.#byFile.set(file, keys.add(key));
    }
    if (now && now.size > 0) this.#byKey.set(key, now);
    else this.#byKey.delete(key);
    return new Set([...(before ?? []), ...(now ?? [])]);
  }
}

const noFiles: ReadonlySet<string> = new Set();

function filesOf({ result: { state, paths, source } }: ComparedObject): ReadonlySet<string> {
  if (paths.length === 0 && !wholeStates.has(state)) return noFiles;
  const placed = paths.flatMap(path => path.source?.file ?? []);
  if (placed.length === 0 && source && wholeStates.has(state)) return new Set([source.file]);
  return new Set(placed);
}

function differencesOf(
  { result, about }: ComparedObject,
  environment: string,
  file: string,
): { line: number; difference: MarkedDifference }[] {
  const { state, resource: object, paths, source, reason, stale, cause } = result;
  const { application } = about;
  const of = { environment, application, object, state, ...(stale && { stale }) };
  const placed = paths.filter(path => path.source !== undefined);
  if (placed.length === 0 && source && wholeStates.has(state))
    return source.file === file
      ? [{ line: source.line, difference: { ...of, reason, ...(cause && { cause }) } }]
      : [];
  return placed.flatMap(path =>
    path.source?.file === file ? [{ line: path.source.line, difference: { ...of, path } }] : [],
  );
}

function isSame(one: readonly Marker[] | undefined, other: readonly Marker[] | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
