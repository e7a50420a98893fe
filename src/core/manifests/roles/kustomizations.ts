import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { FileRole, KustomizationFile } from '../index-types.ts';
import { jsonOf } from '../locate.ts';
import { baseName, folderOf, resolveReference } from '../paths.ts';
import type { ParsedFile } from '../syntax.ts';

/** A kustomization with what it makes of the files it names. */
export interface Kustomization extends KustomizationFile {
  /** Roles that being named here gives a file. */
  inputs: { path: string; role: FileRole }[];
  /** Files and folders named as resources, bases or components. */
  builds: string[];
}

/** True for the three names kustomize looks for. */
export function isKustomizationName(path: string): boolean {
  return /^(?:kustomization\.ya?ml|Kustomization)$/.test(baseName(path));
}

/**
 * Reads a kustomization file; `exists` says whether a path is a file or folder of the repository.
 * Undefined when the file holds something else, such as a Flux Kustomization.
 */
export function readKustomization(
  file: string,
  parsed: ParsedFile,
  exists: (path: string) => boolean,
): Kustomization | undefined {
  const root = parsed.documents[0]?.root;
  const value = root ? jsonOf(root) : {};
  if (!isObject(value) || !isKustomize(value)) return undefined;
  const folder = folderOf(file);
  const local = (references: string[]) =>
    references
      .map(reference => resolveReference(folder, reference))
      .filter(path => path !== undefined)
      .filter(exists);
  const builds = local(['resources', 'bases', 'components'].flatMap(key => texts(value[key])));
  const inputs = inputsOf(value).flatMap(({ role, references }) =>
    local(references).map(path => ({ path, role })),
  );
  const refersTo = [...new Set([...builds, ...inputs.map(input => input.path)])];
  const kind = value.kind === 'Component' ? 'Component' : 'Kustomization';
  return { path: folder, file, kind, refersTo, inputs, builds };
}

function isKustomize({ apiVersion }: JsonObject): boolean {
  if (typeof apiVersion !== 'string') return true;
  return !apiVersion.includes('/') || apiVersion.startsWith('kustomize.config.k8s.io/');
}

/** The fields that name files, by kustomize's API (kustomize.config.k8s.io/v1beta1). */
function inputsOf(value: JsonObject): { role: FileRole; references: string[] }[] {
  const generators = [...objects(value.configMapGenerator), ...objects(value.secretGenerator)];
  const charts = [...objects(value.helmCharts), ...objects(value.helmChartInflationGenerator)];
  return [
    {
      role: 'patch',
      references: [
        ...texts(value.patchesStrategicMerge),
        ...paths(value.patches),
        ...paths(value.patchesJson6902),
      ],
    },
    { role: 'generator-input', references: generators.flatMap(generatorFiles) },
    {
      role: 'chart-values',
      references: charts.flatMap(chart => [
        ...texts(chart.valuesFile),
        ...texts(chart.additionalValuesFiles),
        ...texts(chart.values),
      ]),
    },
    {
      role: 'other',
      references: [
        ...configurations.flatMap(key => texts(value[key])),
        ...paths(value.replacements),
        ...paths(value.openapi),
      ],
    },
  ];
}

const configurations = ['generators', 'transformers', 'validators', 'configurations'];

/** `files` are `key=path` or a path, `envs` and `env` paths. */
function generatorFiles(generator: JsonObject): string[] {
  const files = texts(generator.files).map(file => file.slice(file.indexOf('=') + 1));
  return [...files, ...texts(generator.envs), ...texts(generator.env)];
}

function texts(value: Json | undefined): string[] {
  const list = Array.isArray(value) ? value : [value];
  // An inline patch or resource is text with line breaks, not a path.
  return list
    .filter(item => typeof item === 'string')
    .filter(item => item !== '' && !item.includes('\n'));
}

function paths(value: Json | undefined): string[] {
  const list = Array.isArray(value) ? value : [value ?? null];
  return list.filter(isObject).flatMap(item => texts(item.path));
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
