import { dump } from 'js-yaml';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { getLanguageService } from 'yaml-language-server';
import { RepositoryIndex } from '../../src/core/manifests/repository-index.ts';
import { jsonSchemaOfKind } from '../../src/core/schemas/json-schema.ts';
import { createSchemas } from '../../src/core/schemas/schemas.ts';
import { findingsInText } from '../../src/core/validate/validate.ts';
import { type BenchTable, benchRow, median, percentile } from './table.ts';
import { validateObjects } from './validate-objects.ts';

const target = '1.36';
const rounds = 60;
const file = 'apps/web.yaml';
const gvk = { group: 'apps', version: 'v1', kind: 'Deployment' };

/**
 * A file of 2,000 lines of which one line is typed anew: what its text tells, from the new text to the findings, in one
 * process that knows the file's last text; beside yaml-language-server's service with the schema of its one kind.
 */
export async function benchChange(): Promise<BenchTable> {
  const documents = validateObjects()
    .filter(({ kind }) => kind === gvk.kind)
    .map(object => dump(object));
  const lines: string[] = [];
  for (const document of documents)
    if (lines.length < 2000) lines.push('---', ...document.trimEnd().split('\n'));
  const text = `${lines.join('\n')}\n`;
  const schemas = createSchemas({ version: target });
  const index = await RepositoryIndex.build({
    root: '/bench',
    revision: 'working tree',
    files: [file],
    left: [],
    read: async () => new TextEncoder().encode(text),
  });
  const found = schemas.lookup(gvk);
  if (!found.found) throw new Error(found.reason);
  const schema = jsonSchemaOfKind(gvk, found.kind.type, {
    descriptions: () => undefined,
    partial: false,
  });
  const service = getLanguageService({
    schemaRequestService: async () => '{}',
    workspaceContext: { resolveRelativePath: path => path },
  });
  service.configure({
    validate: true,
    schemas: [{ uri: 'bench://schema', fileMatch: ['*.yaml'], schema }],
  });
  const ours: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const changed = text.replace(/replicas: \d+/, `replicas: ${round % 2 ? round : `"${round}"`}`);
    let start = performance.now();
    index.update(file, changed);
    const indexed = index.file(file);
    const findings = indexed
      ? findingsInText({ index, target, schemasOf: () => schemas }, indexed, [])
      : [];
    ours.push(performance.now() - start);
    // A figure counts only when its answer is right.
    if (findings.length !== (round % 2 ? 0 : 1)) throw new Error(JSON.stringify(findings));
    start = performance.now();
    await service.doValidation(
      TextDocument.create(`file:///${file}`, 'yaml', round, changed),
      false,
    );
    peer.push(performance.now() - start);
  }
  const warm = (times: readonly number[]) => times.slice(10);
  return {
    title: `validate, one line of ${lines.length} changed, in one process: ours / yaml-language-server`,
    unit: `milliseconds, ${rounds - 10} edits; lower is better`,
    rows: [
      benchRow('text to findings, median', median(warm(ours)), median(warm(peer))),
      benchRow('p95', percentile(warm(ours), 95), percentile(warm(peer), 95)),
    ],
  };
}
