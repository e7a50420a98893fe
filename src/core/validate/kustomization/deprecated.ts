import { editYaml } from '../../manifests/edit/edit.ts';
import { NotEditable } from '../../manifests/edit/source.ts';
import { keyRange } from '../../manifests/locate.ts';
import type { Mend } from '../../model/finding.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { Across } from '../across.ts';
import { changeBetween, fileEdit } from '../mends/text-edit.ts';
import { kustomizationsOf, type WrittenKustomization } from './read.ts';

interface Deprecated {
  /** The field that takes its place. */
  by: string;
  /** What `kustomize edit fix` makes of its value; undefined where that is not known here. */
  items(value: Json, others: Json): Json[] | undefined;
}

const asList = (value: Json) => (Array.isArray(value) ? value : undefined);

/** As kustomize warns of them (types.Kustomization.CheckDeprecatedFields) and mends them (FixKustomization). */
const deprecated: Record<string, Deprecated> = {
  bases: { by: 'resources', items: asList },
  imageTags: { by: 'images', items: asList },
  patchesJson6902: { by: 'patches', items: asList },
  patchesStrategicMerge: {
    by: 'patches',
    items: value =>
      asList(value)?.map(
        (item): JsonObject =>
          typeof item === 'string' && item.includes('\n') ? { patch: item } : { path: item },
      ),
  },
  commonLabels: {
    by: 'labels',
    items(value, others) {
      if (!isObject(value)) return undefined;
      const known = asList(others)?.flatMap(label =>
        isObject(label) && isObject(label.pairs) ? Object.keys(label.pairs) : [],
      );
      // A label in both is what kustomize refuses to mend.
      if (known?.some(name => Object.hasOwn(value, name))) return undefined;
      return [{ includeSelectors: true, pairs: value }];
    },
  },
  vars: { by: 'replacements', items: () => undefined },
  helmChartInflationGenerator: { by: 'helmCharts', items: () => undefined },
};

/** Fields that kustomize still reads and warns of, with what `kustomize edit fix` does about them. */
export const checkDeprecated: Across = ({ checks }) => {
  for (const kustomization of kustomizationsOf(checks.input.index, checks.input.only))
    for (const [field, { by }] of Object.entries(deprecated)) {
      const { file, document, value } = kustomization;
      const present = value[field];
      if (present === undefined || present === null) continue;
      const range = keyRange(file.parsed, document.root, [field]);
      if (!range) continue;
      const mend = mendOf(kustomization, field);
      checks.findings.add({
        rule: 'deprecated-field',
        severity: 'information',
        file: file.path,
        environments: [],
        ...range,
        message: `${field} is deprecated in kustomize; ${by} takes its place.`,
        ...(mend && { fix: mend.title.concat('.'), mends: [mend] }),
      });
    }
};

function mendOf({ file, document, value }: WrittenKustomization, field: string): Mend | undefined {
  const { by, items } = deprecated[field] ?? {};
  const others = by === undefined ? undefined : (value[by] ?? []);
  const made = items?.(value[field] ?? null, others ?? []);
  if (by === undefined || made === undefined || !Array.isArray(others)) return undefined;
  const title = `Write ${by} in the place of ${field}`;
  const isSame = JSON.stringify(made) === JSON.stringify(value[field]);
  const name = keyRange(file.parsed, document.root, [field]);
  if (isSame && value[by] === undefined && name)
    return { title, edits: [{ file: file.path, ...name, text: by }] };
  try {
    const at = { document: 0 };
    const added = editYaml(file.text, { ...at, pointer: [by], value: [...others, ...made] });
    const change = changeBetween(file.text, editYaml(added, { ...at, pointer: [field] }));
    return { title, edits: [fileEdit(file.path, file.parsed, change)] };
  } catch (error) {
    if (error instanceof NotEditable) return undefined;
    throw error;
  }
}
