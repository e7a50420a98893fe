/** A kind of objects, whatever its version; the core group is empty. */
export interface KindName {
  group: string;
  kind: string;
}

/** One field that names another object, of the kinds that have it. */
export interface ReferenceField {
  /**
   * Where the name stands: fields with dots between them, `[]` for each item of a list, `*` for each value of a map,
   * `{a,b}` for either field, and `"…"` around a field with dots in its name.
   */
  path: string;
  /** `group/Kind`, or `Kind` of the core group; several where any of them will do. */
  to: string | readonly string[] | ChosenKind;
  /**
   * Where the object is looked for, unless its kind has no namespaces: in the namespace of who refers (`own`, where
   * absent), in the one that the field `namespace` beside the name gives, else the own one (`beside`), or in any.
   */
  namespace?: 'own' | 'beside' | 'any';
  /** The field beside the name that says which key of the object's data is meant. */
  key?: string;
  /** Only names it: whoever reads it makes the object itself, or does without. Nobody is told that it is missing. */
  soft?: true;
}

/** Fields beside the name say which kind it is of. */
export interface ChosenKind {
  /** What the field `kind` may say, as `group/Kind`; of others the group is what `group` or `apiVersion` say. */
  kinds: readonly string[];
  /** What counts where there is no `kind`; without it, it names nothing then. */
  otherwise?: string;
  /** Other kinds name no object. */
  only?: true;
}

export interface ReferenceFields {
  /** `group/Kind` of who refers; `*` for every kind. */
  of: readonly string[];
  fields: readonly ReferenceField[];
}

/** Reads `group/Kind`, or `Kind` of the core group. */
export function kindName(text: string): KindName {
  const slash = text.lastIndexOf('/');
  return { group: text.slice(0, Math.max(slash, 0)), kind: text.slice(slash + 1) };
}

/** `group/Kind`, or `Kind` of the core group. */
export function kindText({ group, kind }: KindName): string {
  return group === '' ? kind : `${group}/${kind}`;
}
