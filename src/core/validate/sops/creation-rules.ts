import type { IndexedFile } from '../../manifests/index-types.ts';
import { jsonOf } from '../../manifests/locate.ts';
import { foldersAbove } from '../../manifests/paths.ts';
import type { RepositoryIndex } from '../../manifests/repository-index.ts';
import { objectsAt, textAt } from '../../model/fields.ts';
import type { Pointer } from '../../model/path.ts';
import type { JsonObject } from '../../model/resource.ts';

/** Which values of a file SOPS encrypts: the same words stand in `.sops.yaml` and in what it encrypted. */
export type Selection = (pointer: Readonly<Pointer>) => boolean;

export interface CreationRule {
  selects: Selection;
  /** True where the rule is for files of certain names (`.*\.sops\.yaml`), not for all of a folder. */
  isSpecific: boolean;
  /** The `.sops.yaml` that says it. */
  config: string;
}

/**
 * The creation rule that `sops --encrypt` would take for a file: the first of the nearest `.sops.yaml` above it whose
 * `path_regex` matches its path from there. A rule without `path_regex` is for whatever a person encrypts, so none.
 */
export function creationRule(index: RepositoryIndex, file: string): CreationRule | undefined {
  for (const folder of foldersAbove(file)) {
    const path = folder === '' ? '.sops.yaml' : `${folder}/.sops.yaml`;
    const config = index.file(path);
    if (!config) continue;
    const inside = folder === '' ? file : file.slice(folder.length + 1);
    const rule = rulesOf(config).find(({ path_regex: pattern }) => {
      const matches = typeof pattern === 'string' ? expression(pattern) : undefined;
      return pattern === undefined || matches?.test(inside);
    });
    const pattern = textAt(rule, 'path_regex');
    if (!rule || pattern === undefined) return undefined;
    return {
      selects: selectionOf(rule),
      isSpecific: !expression(pattern)?.test(neighbour(inside)),
      config: path,
    };
  }
  return undefined;
}

const read = new WeakMap<IndexedFile, JsonObject[]>();

function rulesOf(config: IndexedFile): JsonObject[] {
  const known = read.get(config);
  if (known) return known;
  const root = config.parsed.documents[0]?.root;
  const rules = root ? objectsAt(jsonOf(root), 'creation_rules') : [];
  read.set(config, rules);
  return rules;
}

/** Another file beside it, of a name that says nothing. */
function neighbour(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const extension = /\.[a-z]+$/i.exec(name)?.[0] ?? '';
  return `${path.slice(0, path.length - name.length)}zzz${extension}`;
}

/** Go's expressions are JavaScript's, but for `(?i)` at the beginning; undefined for what is none. */
export function expression(pattern: string): RegExp | undefined {
  try {
    const isLoose = pattern.startsWith('(?i)');
    return new RegExp(isLoose ? pattern.slice(4) : pattern, isLoose ? 'i' : '');
  } catch {
    return undefined;
  }
}

/**
 * SOPS tells by the names on the way to a value (sops v3, `Tree.Encrypt`); where nothing is said, every value but below
 * names that end in `_unencrypted`.
 */
export function selectionOf(rule: JsonObject): Selection {
  const names = (pointer: Readonly<Pointer>) => pointer.filter(step => typeof step === 'string');
  const byExpression = (field: string) => {
    const pattern = textAt(rule, field);
    return pattern ? expression(pattern) : undefined;
  };
  const encrypted = byExpression('encrypted_regex');
  if (encrypted) return pointer => names(pointer).some(name => encrypted.test(name));
  const unencrypted = byExpression('unencrypted_regex');
  if (unencrypted) return pointer => !names(pointer).some(name => unencrypted.test(name));
  const suffix = textAt(rule, 'encrypted_suffix');
  if (suffix) return pointer => names(pointer).some(name => name.endsWith(suffix));
  if (textAt(rule, 'encrypted_comment_regex') || textAt(rule, 'unencrypted_comment_regex'))
    return () => false;
  const unsuffix = textAt(rule, 'unencrypted_suffix') || '_unencrypted';
  return pointer => !names(pointer).some(name => name.endsWith(unsuffix));
}
