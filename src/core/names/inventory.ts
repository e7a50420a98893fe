import type { FileRole } from '../manifests/index-types.ts';
import { jsonOf } from '../manifests/locate.ts';
import type { RepositoryIndex } from '../manifests/repository-index.ts';
import type { Node } from '../manifests/syntax.ts';
import type { RenderedObject } from '../model/rendered.ts';
import type { Json, JsonObject } from '../model/resource.ts';
import { factsOf, type ObjectFacts } from './facts.ts';
import { generatedFacts, valuesFacts } from './generated.ts';

/** An environment as far as names need it. */
export interface NamesEnvironment {
  name: string;
  namespace: string;
  /** Files that its applications are rendered from. */
  reads: ReadonlySet<string>;
  objects: readonly RenderedObject[];
}

/** An object that can be named. */
export interface Entry {
  facts: ObjectFacts;
  /** Where it is written; undefined for what a chart from elsewhere makes. */
  file: string | undefined;
  /** Names of the environments that have it. */
  environments: readonly string[];
}

/** All that a repository gives a name to: what its files say, what kustomizations generate, what charts make. */
export class Inventory {
  readonly index: RepositoryIndex;
  readonly environments: readonly NamesEnvironment[];
  #entries: readonly Entry[] | undefined;

  constructor(index: RepositoryIndex, environments: readonly NamesEnvironment[]) {
    this.index = index;
    this.environments = environments;
  }

  entries(): readonly Entry[] {
    this.#entries ??= [...this.#written(), ...this.#generated(), ...this.#rendered()];
    return this.#entries;
  }

  /** Names of the environments that a file belongs to. */
  environmentsOf(file: string): string[] {
    return this.environments.filter(({ reads }) => reads.has(file)).map(({ name }) => name);
  }

  #written(): Entry[] {
    return this.index.objects().flatMap(({ document: { root }, file }) => {
      const facts = root && factsOfNode(root);
      return facts ? [{ facts, file, environments: this.environmentsOf(file) }] : [];
    });
  }

  #generated(): Entry[] {
    return this.index.files().flatMap(({ path, role, parsed }) => {
      const read = readers[role];
      const root = read && parsed.documents[0]?.root;
      if (!read || !root) return [];
      const environments = this.environmentsOf(path);
      return generatedOf(root, read).map(facts => ({ facts, file: path, environments }));
    });
  }

  /** What no file of the repository says as it is: the objects of charts. */
  #rendered(): Entry[] {
    const found = new Map<string, Entry & { environments: string[] }>();
    for (const { name, objects } of this.environments)
      for (const { value, source } of objects) {
        const role = this.index.file(source.file)?.role;
        if (role === 'manifest' || role === 'kustomization' || role === 'patch') continue;
        const facts = factsOfValue(value);
        if (!facts) continue;
        const key = `${facts.group}/${facts.kind}/${facts.namespace}/${facts.name}`;
        const known = found.get(key);
        if (known) known.environments.push(name);
        else found.set(key, { facts, file: source.file, environments: [name] });
      }
    return [...found.values()];
  }
}

const ofNodes = new WeakMap<Node, ObjectFacts | false>();
const ofValues = new WeakMap<JsonObject, ObjectFacts | false>();
const generatedByNode = new WeakMap<Node, ObjectFacts[]>();

function factsOfNode(root: Node): ObjectFacts | undefined {
  const known = ofNodes.get(root) ?? factsOf(jsonOf(root)) ?? false;
  ofNodes.set(root, known);
  return known || undefined;
}

function factsOfValue(value: JsonObject): ObjectFacts | undefined {
  const known = ofValues.get(value) ?? factsOf(value) ?? false;
  ofValues.set(value, known);
  return known || undefined;
}

/** What names something without being an object, by the role of its file. */
const readers: Partial<Record<FileRole, (value: Json) => ObjectFacts[]>> = {
  kustomization: generatedFacts,
  'chart-values': valuesFacts,
};

function generatedOf(root: Node, read: (value: Json) => ObjectFacts[]): ObjectFacts[] {
  const known = generatedByNode.get(root) ?? read(jsonOf(root));
  generatedByNode.set(root, known);
  return known;
}
