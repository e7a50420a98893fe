import { nodeAt, offsetAt, positionAt } from '../manifests/locate.ts';
import { parseManifests } from '../manifests/parse.ts';
import type { Node, ParsedFile } from '../manifests/syntax.ts';
import type { Pointer } from '../model/path.ts';
import type { Repository } from '../model/repository.ts';
import { childrenOf, type Json } from '../model/resource.ts';
import type { RendererAnswer, RendererPlace } from '../upstream/renderer.ts';

/** Parsed files that are kept: large ones, and one after the other is asked for. */
const maxParsed = 3;

/**
 * The files in which large parts of rendered objects stand as they are. The renderer says where such a part
 * begins; where a field of it stands is found by reading the file here, when somebody asks.
 */
export class WrittenTexts {
  readonly #texts: ReadonlyMap<string, Buffer>;
  readonly #parsed = new Map<string, ParsedFile>();

  /** Reads the files that an answer refers to. */
  static async of(answer: RendererAnswer, repository: Repository): Promise<WrittenTexts> {
    const files = new Set<string>();
    for (const { provenance } of answer.objects ?? [])
      for (const place of Object.values(provenance?.fields ?? {}))
        if (place.below) files.add(place.file);
    const read = async (file: string) => [file, Buffer.from(await repository.read(file))] as const;
    return new WrittenTexts(new Map(await Promise.all([...files].map(read))));
  }

  private constructor(texts: ReadonlyMap<string, Buffer>) {
    this.#texts = texts;
  }

  /** Where a field below a map stands: the map begins at the place. */
  below(map: RendererPlace, pointer: Pointer): { line: number; column: number } | undefined {
    const parsed = this.#parse(map.file);
    const node = parsed && nodeAt(mapAt(parsed, map), pointer);
    return parsed && node && positionAt(parsed, node.start);
  }

  /** Where every field without parts of a map stands, all at once; undefined for one that is not written there. */
  *fieldsBelow(
    map: RendererPlace,
    value: Json,
  ): Generator<{ pointer: Pointer; at: { line: number; column: number } | undefined }> {
    const parsed = this.#parse(map.file);
    const root = parsed && mapAt(parsed, map);
    for (const { pointer, node } of fieldsOf(root, value, []))
      yield { pointer, at: parsed && node && positionAt(parsed, node.start) };
  }

  #parse(file: string): ParsedFile | undefined {
    const known = this.#parsed.get(file);
    if (known) return known;
    const text = this.#texts.get(file);
    if (!text) return undefined;
    const parsed = parseManifests(text.toString());
    const [oldest] = this.#parsed.keys();
    if (this.#parsed.size >= maxParsed && oldest !== undefined) this.#parsed.delete(oldest);
    this.#parsed.set(file, parsed);
    return parsed;
  }
}

function mapAt(parsed: ParsedFile, { line, column }: RendererPlace): Node | undefined {
  const start = offsetAt(parsed, line, column);
  const document = parsed.documents.find(
    ({ root }) => root && root.start <= start && start < root.end,
  );
  return mapStarting(document?.root, start);
}

/** The fields without parts of a value, each with its node in the text that holds the value. */
function* fieldsOf(
  node: Node | undefined,
  value: Json,
  pointer: Pointer,
): Generator<{ pointer: Pointer; node: Node | undefined }> {
  const children = childrenOf(value);
  if (children === undefined) return yield { pointer, node };
  const nodes = new Map(node ? childNodes(node) : []);
  for (const [step, child] of children) yield* fieldsOf(nodes.get(step), child, [...pointer, step]);
}

function childNodes(node: Node): (readonly [string | number, Node])[] {
  if (node.kind === 'map') return node.entries.map(entry => [entry.key, entry.node] as const);
  return node.kind === 'list' ? node.items.map((item, index) => [index, item] as const) : [];
}

/** The map that begins at an offset; of several the innermost, as the outer begin with their first key. */
function mapStarting(root: Node | undefined, start: number | undefined): Node | undefined {
  let found: Node | undefined;
  let node = root;
  while (node && start !== undefined) {
    if (node.kind === 'map' && node.start === start) found = node;
    const children = childNodes(node).map(([, child]) => child);
    node = children.find(child => child.start <= start && start < child.end);
  }
  return found;
}
