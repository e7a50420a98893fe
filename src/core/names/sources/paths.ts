import { posix } from 'node:path';
import { folderOf } from '../../manifests/paths.ts';
import { isKustomizationName } from '../../manifests/roles/kustomizations.ts';
import type { Spot } from '../spot.ts';
import type { Suggestion } from '../suggestion.ts';
import { foldersOf, type Tree, treeOf } from '../tree.ts';

/** What a path may lead to. */
type Wanted = 'folder' | 'manifest' | 'yaml' | 'file';

interface PathField {
  /** Of the document; `''` for kustomization.yaml, which need not say it. */
  kind: RegExp;
  path: RegExp;
  wants: Wanted;
  /** `file`: relative to the file's folder. root: to the repository's root. own: to `spec.path` of the object. */
  from: 'file' | 'root' | 'chart';
}

const kustomization = /^(?:Kustomization|Component|)$/;
const application = /^Application(?:Set)?$/;

const fields: readonly PathField[] = [
  {
    kind: kustomization,
    path: /^(?:resources|bases|components)\[\]$/,
    wants: 'manifest',
    from: 'file',
  },
  {
    kind: kustomization,
    path: /^(?:patchesStrategicMerge|crds|configurations|generators|transformers|validators)\[\]$/,
    wants: 'yaml',
    from: 'file',
  },
  {
    kind: kustomization,
    path: /^(?:(?:patches|patchesJson6902|replacements)\[\]|openapi)\.path$/,
    wants: 'yaml',
    from: 'file',
  },
  {
    kind: kustomization,
    path: /^(?:configMapGenerator|secretGenerator)\[\]\.(?:files|envs)\[\]$/,
    wants: 'file',
    from: 'file',
  },
  {
    kind: kustomization,
    path: /^helmCharts\[\]\.(?:valuesFile|additionalValuesFiles\[\])$/,
    wants: 'yaml',
    from: 'file',
  },
  { kind: /^Kustomization$/, path: /^spec\.path$/, wants: 'folder', from: 'root' },
  { kind: /^HelmRelease$/, path: /^spec\.chart\.spec\.chart$/, wants: 'folder', from: 'root' },
  {
    kind: application,
    path: /(?:^|\.)spec\.(?:source|sources\[\])\.path$/,
    wants: 'folder',
    from: 'root',
  },
  {
    kind: application,
    path: /(?:^|\.)spec\.(?:source|sources\[\])\.helm\.valueFiles\[\]$/,
    wants: 'yaml',
    from: 'chart',
  },
];

/** Files and folders that exist, one level at a time, written as the field is read. */
export function pathNames(spot: Spot): Suggestion[] {
  if (spot.cursor.part === 'key') return [];
  const field = fields.find(each => each.kind.test(spot.kind) && each.path.test(spot.path));
  if (!field || !isMeant(spot, field)) return [];
  const typed = withoutKey(spot);
  const base = baseOf(spot, field);
  if (base === undefined || /^\w+:/.test(typed) || typed.startsWith('/')) return [];
  return below(spot, { field, base, typed });
}

/** A Flux Kustomization and kustomize's own are told apart by their group; Helm's folder begins with `./`. */
function isMeant({ apiVersion, cursor }: Spot, { kind, from }: PathField): boolean {
  if (kind === kustomization) return /^$|^kustomize\.config\.k8s\.io\//.test(apiVersion);
  if (from !== 'root' || !kind.test('HelmRelease')) return true;
  return /^\.{0,2}\/?/.exec(cursor.token.typed)?.[0] !== '' || cursor.token.typed === '';
}

/** `files` of a generator may say `key=path`. */
function withoutKey({ cursor: { token }, path }: Spot): string {
  return /\.files\[\]$/.test(path) ? token.typed.slice(token.typed.indexOf('=') + 1) : token.typed;
}

function baseOf({ file, object }: Spot, { from }: PathField): string | undefined {
  if (from === 'root') return '';
  if (from === 'file') return folderOf(file);
  const { spec } = object as { spec?: { source?: { path?: unknown } } };
  const path = spec?.source?.path;
  return typeof path === 'string' ? posix.join('.', path) : undefined;
}

function below(
  spot: Spot,
  { field, base, typed }: { field: PathField; base: string; typed: string },
): Suggestion[] {
  const tree = treeOf(spot.inventory.index.repository);
  const lead = typed.slice(0, typed.lastIndexOf('/') + 1);
  const prefix = lead === '' && field.from === 'root' ? './' : lead;
  const folder = posix.normalize(posix.join(base, lead)).replace(/\/$/, '');
  const here = folder === '.' ? '' : folder;
  const written = spot.cursor.token.start + (spot.cursor.token.typed.length - typed.length);
  const of = (name: string, kind: 'file' | 'folder', detail: string): Suggestion => ({
    ...{ label: `${prefix}${name}`, detail, kind, rank: 0 },
    from: written,
  });
  const folders = [...foldersOf(tree, here)].flatMap(name => {
    const path = here === '' ? name : `${here}/${name}`;
    return isOffered(spot, tree, path) ? [of(name, 'folder', folderDetail(spot, path))] : [];
  });
  const files = field.wants === 'folder' ? [] : filesIn(spot, tree, here, field.wants);
  const up =
    field.from === 'file' && /^(?:\.\.\/)*$/.test(lead) && here !== ''
      ? [of('..', 'folder', posix.dirname(here))]
      : [];
  return [
    ...files.map(name => of(name, 'file', here === '' ? 'repository root' : here)),
    ...folders,
    ...up,
  ];
}

/** Not the folder that the file itself is in or below: that would be a cycle. */
function isOffered({ file }: Spot, tree: Tree, path: string): boolean {
  return folderOf(file) !== path && tree.has(path);
}

function folderDetail({ inventory: { index } }: Spot, path: string): string {
  const kustomized = index.kustomizations.get(path);
  if (kustomized) return kustomized.kind === 'Component' ? 'kustomize component' : 'kustomization';
  return index.charts.has(path) ? 'Helm chart' : 'folder';
}

function filesIn(spot: Spot, tree: Tree, folder: string, wants: Wanted): string[] {
  const { index } = spot.inventory;
  const listed = index.kustomizations.get(folderOf(spot.file))?.refersTo ?? [];
  return [...(tree.get(folder)?.files ?? [])].filter(name => {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (path === spot.file || isKustomizationName(name) || /^\.?driftline\.ya?ml$/.test(path))
      return false;
    if (wants === 'file') return true;
    if (!/\.(?:ya?ml|json)$/.test(name)) return false;
    return wants === 'yaml' || !listed.includes(path);
  });
}
