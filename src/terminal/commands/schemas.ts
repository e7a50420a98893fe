import {
  exportSchemas,
  importContext,
  importFolder,
  type KnownSchema,
  knownSchemas,
} from '../../core/actions/schemas.ts';
import { apiVersionOf, type GroupVersionKind } from '../../core/model/resource.ts';
import { quantity } from '../../core/words/states.ts';
import { printable } from '../../core/words/values.ts';
import type { Invocation } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { write } from '../report/json.ts';
import { schemasText } from '../report/schemas-text.ts';
import { deliver, progress, type Terminal, textOptions, withWorkspace } from '../terminal.ts';

type SchemasArguments = Extract<Invocation, { command: 'schemas' }>;

/** `driftline schemas`: which custom resources are known; import and export of them. */
export async function schemas(invocation: SchemasArguments, terminal: Terminal): Promise<number> {
  const text = await verbs[invocation.verb](invocation, terminal);
  await deliver(text, invocation, terminal);
  return exitCodes.clean;
}

type Verb = (invocation: SchemasArguments, terminal: Terminal) => Promise<string>;

const verbs: Record<SchemasArguments['verb'], Verb> = {
  async list(invocation, terminal) {
    const known = await withWorkspace(invocation, terminal, knownSchemas);
    return invocation.format === 'json'
      ? write({ version: 1, command: 'schemas', schemas: known.map(schemaJson) })
      : schemasText(known, textOptions(invocation, terminal));
  },

  async import(invocation, terminal) {
    const done = progress('Importing …', invocation, terminal);
    const kinds = await imported(invocation, terminal).finally(done);
    const from = invocation.context ?? invocation.folder ?? '';
    return invocation.format === 'json'
      ? write({ version: 1, command: 'schemas', imported: kinds.map(kindJson) })
      : `${quantity(kinds.length, 'version')} of custom resources imported from ${printable(from)}\n`;
  },

  async export(invocation, terminal) {
    const { folder = '' } = invocation;
    const count = await withWorkspace(invocation, terminal, workspace =>
      exportSchemas(workspace, folder),
    );
    return invocation.format === 'json'
      ? write({ version: 1, command: 'schemas', exported: count, folder })
      : `${quantity(count, 'schema')} written to ${printable(folder)}\n`;
  },
};

function imported(invocation: SchemasArguments, terminal: Terminal): Promise<GroupVersionKind[]> {
  const { context, folder = '' } = invocation;
  if (context === undefined) return importFolder(folder);
  return withWorkspace(invocation, terminal, workspace =>
    importContext(workspace, context, terminal.signal),
  );
}

function kindJson(gvk: GroupVersionKind) {
  return { apiVersion: apiVersionOf(gvk), kind: gvk.kind };
}

function schemaJson({ from, source, ...gvk }: KnownSchema) {
  return { ...kindJson(gvk), from, source };
}
