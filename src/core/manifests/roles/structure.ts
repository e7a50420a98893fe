import type { ChartFolder, FileRole } from '../index-types.ts';
import type { SourceFile } from '../indexed-file.ts';
import { folderOf, foldersAbove } from '../paths.ts';
import { isChartName, readChart } from './charts.ts';
import { roleInChart } from './classify.ts';
import { isKustomizationName, type Kustomization, readKustomization } from './kustomizations.ts';

/** What the files of a repository are to each other: kustomizations, charts and whom they name. */
export interface Structure {
  kustomizations: Map<string, Kustomization>;
  charts: Map<string, ChartFolder>;
  /** Role by path, for files that a kustomization names as its input. */
  inputs: Map<string, FileRole>;
  /** The kustomizations that build a file or folder, by its path. */
  builtBy: Map<string, Kustomization[]>;
}

/** True for the files that the structure is made of. */
export function shapesStructure(path: string): boolean {
  return isKustomizationName(path) || isChartName(path);
}

/** `listed` are all paths of the repository, also of files that are not in the index. */
export function readStructure(
  files: ReadonlyMap<string, SourceFile>,
  listed: Iterable<string>,
): Structure {
  const known = new Set(listed);
  for (const path of [...known]) for (const folder of foldersAbove(path)) known.add(folder);
  const structure: Structure = {
    kustomizations: new Map(),
    charts: new Map(),
    inputs: new Map(),
    builtBy: new Map(),
  };
  for (const file of files.values()) {
    if (isChartName(file.path)) addChart(structure, file);
    if (isKustomizationName(file.path)) addKustomization(structure, file, known);
  }
  return structure;
}

/** The role of a file in this structure. */
export function roleOf(file: SourceFile, structure: Structure): FileRole {
  const { path } = file;
  if (structure.kustomizations.get(folderOf(path))?.file === path) return 'kustomization';
  const role = roleInChart(path, structure.charts, file.text) ?? file.ownRole;
  // What a kustomization builds as a resource is a manifest, even if it is also an input elsewhere.
  if (role === 'manifest' && structure.builtBy.has(path)) return role;
  return structure.inputs.get(path) ?? role;
}

function addChart(structure: Structure, file: SourceFile): void {
  const chart = readChart(file.path, file.parsed);
  if (chart) structure.charts.set(chart.path, chart);
}

function addKustomization(structure: Structure, file: SourceFile, known: Set<string>): void {
  const kustomization = readKustomization(file.path, file.parsed, path => known.has(path));
  if (!kustomization) return;
  structure.kustomizations.set(kustomization.path, kustomization);
  for (const { path, role } of kustomization.inputs) structure.inputs.set(path, role);
  for (const path of kustomization.builds) {
    const users = structure.builtBy.get(path);
    if (users) users.push(kustomization);
    else structure.builtBy.set(path, [kustomization]);
  }
}
