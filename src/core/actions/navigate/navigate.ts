import { referencesOf } from '../../links/references.ts';
import { entryOf, jsonOf, nodeAt } from '../../manifests/locate.ts';
import { isObject } from '../../model/resource.ts';
import type { Workspace } from '../../workspace.ts';
import { chartLinks } from './chart-links.ts';
import { labelLinks, labelUseAt } from './label-links.ts';
import type { NameUse } from './name-uses.ts';
import { linksOf, nameUseAt } from './object-links.ts';
import { holds, keySpot, nodeAround, type Spot } from './spot.ts';
import { variableLinks } from './variable-links.ts';

/** Where what stands at a place is written, and where it is used. */
export interface Linked {
  definitions: readonly Spot[];
  uses: readonly Spot[];
}

/**
 * What the word at an offset of a file is linked with: an object, a label, a variable, a key of an object's data, a
 * chart's value or template. Undefined where it is none of these.
 */
export async function linkedAt(
  workspace: Workspace,
  path: string,
  offset: number,
): Promise<Linked | undefined> {
  const variable = await variableLinks(workspace, path, offset);
  if (variable) return variable;
  const chart = await chartLinks(workspace, path, offset);
  if (chart) return chart;
  const named = nameUseAt(workspace.index, path, offset);
  if (named) return objectLinks(workspace, named);
  const key = await dataKeyAt(workspace, path, offset);
  if (key) return key;
  const label = labelUseAt(workspace.index, path, offset);
  if (!label) return undefined;
  const { uses } = await labelLinks(workspace, label);
  const spots = (role: 'label' | 'selector') =>
    uses.flatMap(use => (use.role === role && use.spot ? [use.spot] : []));
  return { definitions: spots('label'), uses: spots('selector') };
}

/** A patch leads to the object that it changes, as does every place that names it. */
async function objectLinks(workspace: Workspace, named: NameUse): Promise<Linked> {
  const { uses } = await linksOf(workspace, named);
  const isDefining = ({ role }: NameUse) => role === 'definition' || role === 'generator';
  const spots = (some: readonly NameUse[]) =>
    some.map(({ spot, file, start }) => spot ?? { file, start, end: start });
  return {
    definitions: spots(uses.filter(isDefining)),
    uses: spots(uses.filter(use => !isDefining(use))),
  };
}

/** `key` beside the name of a ConfigMap or Secret leads to the key in its data. */
async function dataKeyAt(
  workspace: Workspace,
  path: string,
  offset: number,
): Promise<Linked | undefined> {
  const { index } = workspace;
  const file = index.file(path);
  const document = file?.parsed.documents.find(
    ({ root }) => root && root.start <= offset && offset <= root.end,
  );
  const found = nodeAround(document?.root, offset);
  const value = document?.root && jsonOf(document.root);
  if (!document || found?.on !== 'value' || !isObject(value)) return undefined;
  const pointer = found.pointer.join('/');
  const reference = referencesOf(value).find(({ key }) => key?.pointer.join('/') === pointer);
  const name = reference && nodeAt(document.root, reference.pointer);
  const named = name && nameUseAt(index, path, name.start + 1);
  if (!reference?.key || !named) return undefined;
  const { uses } = await linksOf(workspace, named);
  const key = reference.key.name;
  return { definitions: uses.flatMap(use => dataKey(workspace, use, key)), uses: [] };
}

function dataKey({ index }: Workspace, use: NameUse, key: string): Spot[] {
  const file = index.file(use.file);
  if (!file || (use.role !== 'definition' && use.role !== 'patch')) return [];
  return file.objects
    .filter(({ document }) => document.root && holds({ ...document.root, file: '' }, use.start))
    .flatMap(({ document }) =>
      ['data', 'stringData', 'binaryData'].flatMap(field => {
        const entry = entryOf(nodeAt(document.root, [field]), key);
        return (entry && keySpot(file, entry)) ?? [];
      }),
    );
}
