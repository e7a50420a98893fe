import type { Pointer } from '../model/path.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';

/**
 * Text that another tool replaces before the API server sees it: Flux' and the shell's `${VAR}`, Go and
 * Jinja templates, argocd-vault-plugin's `<path:…>` and `<key>`, SOPS' `ENC[…]`, ResourceSets'
 * `<< inputs.x >>`, `@@TOKEN@@` and `__TOKEN__`; and what people write where others put something in: `{IMAGE}`,
 * `$$name$$`, `REPLACEME-service`, `<your domain>`.
 */
const placeholder =
  /\$\{|\{\{|\}\}|<path:|^<[\w.-]+( ?\|.*)?>$|^ENC\[|<<.*>>|@@\w+@@|^__\w+__$|^%\w+%$|\$\(\w+\)/;

/** The same inside a single word only: descriptions may say `<name>`. */
const inWord =
  /^[^\s<]+<[A-Za-z][\w -]*>[^\s<]*$|^\S*(\{[A-Z][A-Z0-9_]*\}|\$\$\w+\$\$|REPLACE_?ME)\S*$/;

export function isPlaceholder(text: string): boolean {
  return placeholder.test(text) || inWord.test(text);
}

/** What tells kustomize and kubectl how to merge, and is no field; kustomize may leave it in its output. */
export function isDirective(field: string): boolean {
  return /^\$(patch|retainKeys|setElementOrder\/|deleteFromPrimitiveList\/)/.test(field);
}

/** `FROM_OVERLAY`, `PATCH_ME`: what a base holds where its overlays put something in. */
export function isStandIn(text: string): boolean {
  return /^[A-Z][A-Z0-9]*([_-][A-Z0-9]+)+$/.test(text);
}

/** Where strings may say anything, so that a placeholder in them changes no verdict. */
const freeText = new Set(['annotations', 'args', 'binaryData', 'command', 'data', 'stringData']);

/** The first place that holds a placeholder and decides something, or undefined. */
export function placeholderIn(object: JsonObject): Pointer | undefined {
  const find = (value: Json, pointer: Pointer): Pointer | undefined => {
    if (typeof value === 'string') return isPlaceholder(value) ? pointer : undefined;
    if (typeof value !== 'object' || value === null) return undefined;
    for (const [key, inner] of Object.entries(value)) {
      if (isFreeText(object, pointer, key)) {
        const names = isObject(inner) ? Object.keys(inner) : [];
        const name = names.find(isPlaceholder);
        if (name !== undefined) return [...pointer, key, name];
        continue;
      }
      if (key === 'description' && typeof inner === 'string') continue;
      const step = Array.isArray(value) ? Number(key) : key;
      const found = isPlaceholder(key) ? [...pointer, step] : find(inner, [...pointer, step]);
      if (found) return found;
    }
    return undefined;
  };
  return find(object, []);
}

/** The values of these may say anything; others (`data` of a Secret) are base64. */
const textFields: Record<string, readonly string[]> = {
  ConfigMap: ['data'],
  Secret: ['stringData'],
};

function isFreeText(object: JsonObject, pointer: Pointer, key: string): boolean {
  if (key === 'data' || key === 'stringData' || key === 'binaryData')
    return pointer.length === 0 && textFields[`${object.kind}`]?.includes(key) === true;
  const environment = key === 'value' && pointer.at(-2) === 'env';
  return environment || freeText.has(key);
}

/** True for what SOPS wrote: most values are encrypted, and the server never sees the file as it is. */
export function isEncrypted(object: JsonObject): boolean {
  return isObject(object.sops) && typeof object.sops.mac === 'string';
}
