/** What a person must be told where a case gives a code for it. */
const words: Record<string, RegExp> = {
  'ssa-if-not-present': /IfNotPresent/,
  'ssa-ignore': /ssa: Ignore/,
  'reconcile-disabled': /reconcile/,
  'unresolved-substitution': /variable/,
  'drift-detection-disabled': /[Dd]rift ?[Dd]etection/,
  ignored: /ignored/,
  'argo-hook': /Argo CD hook/,
  'helm-hook': /Helm hook/,
  IgnoreExtraneous: /IgnoreExtraneous/,
  'volatile-template-value': /another value with every render/,
  generateName: /generateName/,
  'kind-not-served': /not (?:known|served|installed)|no .*schema|knows? no|unknown/i,
  'version-not-served':
    /not (?:in|served)|removed|no longer|served as|does not (?:serve|have)|no version|There is no \w+ in/i,
  'local-config': /local-config/,
  forbidden: /permission/,
  'crd-in-repo': /definition/,
  'owned-by-other-app': /Application/,
  'duplicate-resource': /twice|declares? it too/,
};

/**
 * True when a sentence says what the code stands for. Of a code that is not known here (`some-words`) it can only
 * be told that something is said; all else is a text to be found, such as the apiVersion that a hint names.
 */
export function says(code: string, sentences: readonly string[]): boolean {
  const text = sentences.join(' ');
  const isCode = /^[a-z]+(-[a-z]+)+$/.test(code);
  return words[code]?.test(text) ?? (isCode ? text.trim() !== '' : text.includes(code));
}
