import type { CompletionItem, Hover, Position } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { getLanguageService, type LanguageService } from 'yaml-language-server';
import type { JsonSchema } from '../../core/schemas/json-schema.ts';

/** One YAML document with the schema that it is of. */
export interface SchemaDocument {
  text: string;
  /** Names the schema: another one for another schema. */
  key: string;
  /** Made when the key is asked for the first time. */
  schema(): JsonSchema;
}

/** A few kinds are worked on at a time; a resolved schema takes up to some megabytes. */
const keptSchemas = 12;

/**
 * What yaml-language-server's language service says of a document by its schema, and by nothing else: it opens no
 * address and no file. A bundle of its own, loaded when it is first asked for.
 */
export class YamlService {
  readonly #service: LanguageService;
  /** By address, the one that was asked for last at the end. */
  readonly #schemas = new Map<string, { document: SchemaDocument; text?: string }>();
  #version = 0;

  constructor() {
    this.#service = getLanguageService({
      schemaRequestService: async address => {
        const known = this.#schemas.get(address);
        if (!known) throw new Error('no such schema');
        known.text ??= JSON.stringify(known.document.schema());
        return known.text;
      },
      workspaceContext: { resolveRelativePath: path => path },
      clientCapabilities: {
        textDocument: { completion: { completionItem: { documentationFormat: ['markdown'] } } },
      },
    });
    this.#service.configure({
      completion: true,
      hover: true,
      validate: false,
      format: false,
      hoverSchemaSource: false,
      disableDefaultProperties: true,
      schemas: [],
    });
    this.#service.registerCustomSchemaProvider(async address =>
      address.replace(/\.yaml$/, '.schema.json'),
    );
  }

  /** Items as snippets, for the place (0-based) in the document. */
  async complete(document: SchemaDocument, position: Position): Promise<CompletionItem[]> {
    const list = await this.#service.doComplete(this.#open(document), position, false);
    return list.items;
  }

  hover(document: SchemaDocument, position: Position): Promise<Hover | null> {
    return this.#service.doHover(this.#open(document), position);
  }

  #open(document: SchemaDocument): TextDocument {
    const name = `driftline://schema/${encodeURIComponent(document.key)}`;
    const address = `${name}.schema.json`;
    const known = this.#schemas.get(address) ?? { document };
    this.#schemas.delete(address);
    this.#schemas.set(address, known);
    for (const oldest of [...this.#schemas.keys()].slice(0, -keptSchemas)) {
      this.#schemas.delete(oldest);
      this.#service.deleteSchema(oldest);
    }
    this.#version += 1;
    const text = withoutSchemaNames(document.text);
    return TextDocument.create(`${name}.yaml`, 'yaml', this.#version, text);
  }
}

/** A modeline or a `$schema` must not win over apiVersion and kind. Places stay as they are. */
function withoutSchemaNames(text: string): string {
  return text
    .replace(/^([ \t]*#.*?)\$schema=/gm, '$1 schema=')
    .replace(/^(["']?)\$schema(?=["']?[ \t]*:)/gm, '$1_schema');
}
