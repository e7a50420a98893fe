import { isObject } from '../../model/resource.ts';
import type { ChartFolder } from '../index-types.ts';
import { jsonOf } from '../locate.ts';
import { baseName, folderOf } from '../paths.ts';
import type { ParsedFile } from '../syntax.ts';

export function isChartName(path: string): boolean {
  return baseName(path) === 'Chart.yaml';
}

/** Reads a `Chart.yaml`; undefined when it names no chart. */
export function readChart(file: string, parsed: ParsedFile): ChartFolder | undefined {
  const root = parsed.documents[0]?.root;
  const value = root && jsonOf(root);
  if (!isObject(value) || typeof value.name !== 'string') return undefined;
  const { name, version, type } = value;
  return {
    path: folderOf(file),
    file,
    name,
    version: version === undefined ? '' : String(version),
    type: typeof type === 'string' ? type : 'application',
  };
}
