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
const keptSchemas = 8;

/**
 * What yaml-language-server's language service says of a document by its schema, and by nothing else: it opens no
 * address and no file. A bundle of its own, loaded when it is first asked for.
 */
export class YamlService {
  /** One for each schema, which it resolves once; the one that was asked last at the end. */
  readonly #services = new Map<string, LanguageService>();
  #version = 0;

  /** Items as snippets, for the place (0-based) in the document. */
  async complete(document: SchemaDocument, position: Position): Promise<CompletionItem[]> {
    const service = this.#serviceOf(document);
    const list = await service.doComplete(this.#open(document), position, false);
    return list.items;
  }

  hover(document: SchemaDocument, position: Position): Promise<Hover | null> {
    return this.#serviceOf(document).doHover(this.#open(document), position);
  }

  #open({ text }: SchemaDocument): TextDocument {
    this.#version += 1;
    return TextDocument.create(address, 'yaml', this.#version, withoutSchemaNames(text));
  }

  #serviceOf(document: SchemaDocument): LanguageService {
    const service = this.#services.get(document.key) ?? serviceFor(document.schema());
    this.#services.delete(document.key);
    this.#services.set(document.key, service);
    for (const oldest of [...this.#services.keys()].slice(0, -keptSchemas))
      this.#services.delete(oldest);
    return service;
  }
}

const address = 'driftline://document/document.yaml';

function serviceFor(schema: JsonSchema): LanguageService {
  const service = getLanguageService({
    schemaRequestService: async () => {
      throw new Error('no address is opened');
    },
    workspaceContext: { resolveRelativePath: path => path },
    clientCapabilities: {
      textDocument: { completion: { completionItem: { documentationFormat: ['markdown'] } } },
    },
  });
  service.configure({
    completion: true,
    hover: true,
    validate: false,
    format: false,
    hoverSchemaSource: false,
    disableDefaultProperties: true,
    schemas: [{ uri: 'driftline://schema/schema.json', fileMatch: ['*.yaml'], schema }],
  });
  return service;
}

/** A modeline or a `$schema` must not win over apiVersion and kind. Places stay as they are. */
function withoutSchemaNames(text: string): string {
  return text
    .replace(/^([ \t]*#.*?)\$schema=/gm, '$1 schema=')
    .replace(/^(["']?)\$schema(?=["']?[ \t]*:)/gm, '$1_schema');
}
