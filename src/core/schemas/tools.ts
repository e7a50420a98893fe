import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mediaFolder } from '../lib/media.ts';
import type { CompactType } from './compact.ts';
import { typeResolver } from './resolve.ts';
import type { FieldType } from './type.ts';

/** Files that tools read and no API server sees. */
export type ToolFile = 'kustomization' | 'chart' | 'settings';

/** The type of kustomize's and Helm's own files, from their Go types, and of driftline.yaml from its JSON Schema. */
export function readToolTypes(): (tool: Exclude<ToolFile, 'settings'>) => FieldType {
  const text = readFileSync(join(mediaFolder('descriptions', 'tools.json'), 'tools.json'), 'utf8');
  const types = JSON.parse(text) as Record<string, CompactType>;
  const resolve = typeResolver(name => types[name]);
  return tool => resolve(tool === 'chart' ? 'helm.Metadata' : 'kustomize.Kustomization');
}

/** The JSON Schema of driftline.yaml, as it is published. */
export function readSettingsSchema(): object {
  return JSON.parse(
    readFileSync(
      join(mediaFolder('descriptions', 'tools.json'), '..', 'driftline.schema.json'),
      'utf8',
    ),
  );
}
