import type { ChartFolder } from '../../manifests/index-types.ts';
import { entryOf } from '../../manifests/locate.ts';
import type { Node } from '../../manifests/syntax.ts';
import { decode } from '../../manifests/text/decode.ts';
import type { Workspace } from '../../workspace.ts';
import { keySpot, nodeAround, type Spot } from './spot.ts';

/** What a chart's template names: a value, or a template that another one defines. */
export interface ChartLinks {
  name: string;
  definitions: readonly Spot[];
  uses: readonly Spot[];
}

interface Template {
  file: string;
  text: string;
}

/** `.Values.a.b` or `include "name"` at an offset of a template, `define "name"`, or a key of a chart's values. */
export async function chartLinks(
  workspace: Workspace,
  path: string,
  offset: number,
): Promise<ChartLinks | undefined> {
  const chart = chartOf(workspace, path);
  if (!chart) return undefined;
  const template = await templateAt(workspace, chart, path);
  if (template) {
    const value = matchAt(valuePath, template.text, offset)?.name;
    if (value !== undefined) return valueLinks(workspace, chart, value.split('.'));
    const name =
      matchAt(included, template.text, offset)?.name ??
      matchAt(defined, template.text, offset)?.name;
    return name === undefined ? undefined : templateLinks(workspace, chart, name);
  }
  const file = workspace.index.file(path);
  if (file?.role !== 'chart-values') return undefined;
  const found = nodeAround(file.parsed.documents[0]?.root, offset);
  if (found?.on !== 'key') return undefined;
  return valueLinks(workspace, chart, found.pointer.map(String));
}

const valuePath = /\.Values\.([A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*)/g;
const included = /\b(?:include|template)\s+"([^"\n]+)"/g;
const defined = /\{\{-?\s*(?:define|block)\s+"([^"\n]+)"/g;

function matchesOf(pattern: RegExp, { file, text }: Template): { name: string; spot: Spot }[] {
  return [...text.matchAll(pattern)].map(match => {
    const name = match[1] ?? '';
    const start = match.index + match[0].lastIndexOf(name);
    return { name, spot: { file, start, end: start + name.length } };
  });
}

function matchAt(pattern: RegExp, text: string, offset: number) {
  const found = matchesOf(pattern, { file: '', text }).find(
    ({ spot }) => spot.start <= offset && offset <= spot.end,
  );
  if (!found || pattern !== valuePath) return found;
  // Up to the field that is pointed at: `.Values.image.tag` at `image` is the map.
  const behind = found.name.indexOf('.', offset - found.spot.start);
  return behind < 0 ? found : { ...found, name: found.name.slice(0, behind) };
}

/** The innermost chart around a file. */
function chartOf({ index }: Workspace, path: string): ChartFolder | undefined {
  return [...index.charts.values()]
    .filter(({ path: folder }) => folder === '' || path.startsWith(`${folder}/`))
    .sort((a, b) => b.path.length - a.path.length)[0];
}

function isTemplateOf(chart: string, file: string): boolean {
  const prefix = chart === '' ? '' : `${chart}/`;
  return file.startsWith(`${prefix}templates/`) && /\.(ya?ml|tpl|txt|json)$/i.test(file);
}

async function templateAt(
  workspace: Workspace,
  { path: folder }: ChartFolder,
  file: string,
): Promise<Template | undefined> {
  return isTemplateOf(folder, file) ? readTemplate(workspace, file) : undefined;
}

async function readTemplate({ index, repository }: Workspace, file: string): Promise<Template> {
  const text = index.file(file)?.text ?? decode(await repository.read(file)) ?? '';
  return { file, text };
}

/** The templates of a chart, and of the charts in its folder `charts`. */
function templatesOf(workspace: Workspace, { path: folder }: ChartFolder): Promise<Template[]> {
  const prefix = folder === '' ? '' : `${folder}/`;
  const files = workspace.repository.files.filter(
    file =>
      isTemplateOf(folder, file) ||
      (file.startsWith(`${prefix}charts/`) && /\/templates\/.*\.(ya?ml|tpl)$/i.test(file)),
  );
  return Promise.all(files.map(file => readTemplate(workspace, file)));
}

async function templateLinks(
  workspace: Workspace,
  chart: ChartFolder,
  name: string,
): Promise<ChartLinks> {
  const templates = await templatesOf(workspace, chart);
  const spots = (pattern: RegExp) =>
    templates.flatMap(template =>
      matchesOf(pattern, template).flatMap(each => (each.name === name ? [each.spot] : [])),
    );
  return { name, definitions: spots(defined), uses: spots(included) };
}

async function valueLinks(
  workspace: Workspace,
  chart: ChartFolder,
  path: readonly string[],
): Promise<ChartLinks> {
  const { index } = workspace;
  const prefix = chart.path === '' ? '' : `${chart.path}/`;
  const name = path.join('.');
  const templates = (await templatesOf(workspace, chart)).filter(({ file }) =>
    isTemplateOf(chart.path, file),
  );
  const uses = templates.flatMap(template =>
    matchesOf(valuePath, template).flatMap(each =>
      each.name === name || each.name.startsWith(`${name}.`) ? [each.spot] : [],
    ),
  );
  // The chart's own defaults come first, then what else beside them sets the value.
  const values = index
    .files()
    .filter(({ role, path: file }) => role === 'chart-values' && file.startsWith(prefix))
    .filter(({ path: file }) => !file.slice(prefix.length).includes('/'))
    .sort((a, b) => rank(a.path) - rank(b.path));
  const definitions = values.flatMap(file => {
    const entry = entryAt(file.parsed.documents[0]?.root, path);
    const spot = entry && keySpot(file, entry);
    return spot ? [spot] : [];
  });
  return { name: `.Values.${name}`, definitions, uses };
}

function rank(file: string): number {
  return /(^|\/)values\.ya?ml$/.test(file) ? 0 : 1;
}

function entryAt(root: Node | undefined, path: readonly string[]) {
  let node = root;
  let entry: ReturnType<typeof entryOf>;
  for (const step of path) {
    entry = entryOf(node, step);
    if (!entry || entry.merged) return undefined;
    node = entry.node;
  }
  return entry;
}
