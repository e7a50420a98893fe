import { nodeAt, offsetAt, positionAt } from '../manifests/locate.ts';
import { parseManifests } from '../manifests/parse.ts';
import type { Node, ParsedFile } from '../manifests/syntax.ts';
import type { Pointer } from '../model/path.ts';
import type { Repository } from '../model/repository.ts';
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
    const start = parsed && offsetAt(parsed, map.line, map.column);
    const document = parsed?.documents.find(
      ({ root }) => root && start !== undefined && root.start <= start && start < root.end,
    );
    const node = nodeAt(mapStarting(document?.root, start), pointer);
    return parsed && node && positionAt(parsed, node.start);
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

/** The map that begins at an offset; of several the innermost, as the outer begin with their first key. */
function mapStarting(root: Node | undefined, start: number | undefined): Node | undefined {
  let found: Node | undefined;
  let node = root;
  while (node && start !== undefined) {
    if (node.kind === 'map' && node.start === start) found = node;
    const children: Node[] =
      node.kind === 'map'
        ? node.entries.map(entry => entry.node)
        : node.kind === 'list'
          ? node.items
          : [];
    node = children.find(child => child.start <= start && start < child.end);
  }
  return found;
}
