import type { RenderFault } from '../../model/rendered.ts';

/** A fault with the text that stands at its place. */
export type WrittenFault = RenderFault & { entry?: string };

/** What a fault means, by what kustomize says of it; the first that fits counts. */
const meanings: [RegExp, (found: string[], fault: WrittenFault, elsewhere: string[]) => string][] =
  [
    [
      /may not add resource with an already registered id: (\w+)\.[^/]*\/(\S+)\.[^.\s]+/,
      ([, kind, name], _, elsewhere) =>
        `${kind} ${name} comes into this build twice${elsewhere.length > 0 ? `, also by ${elsewhere.join(', ')}` : ''}: kustomize refuses it.`,
    ],
    [
      /no matches for Id (\w+)\.[^/]*\/(\S+)\.(?:\[noNs\]|[^.\s;]+)/,
      ([, kind, name]) =>
        `There is no ${kind} ${name} in this build for the patch to change, so kustomize refuses it: name one that its resources hold.`,
    ],
    [
      /resource with name (\S+) does not match a config/,
      ([, name]) =>
        `There is no workload ${name} in this build whose replicas could be set, so kustomize refuses it.`,
    ],
    [
      /nothing selected by (\w+|\[noKind\])\.[^/]*\/(\S+?)\.(?:\[noNs\]|[^.\s:]+):/,
      ([, kind, name]) =>
        `There is no ${kind} ${name} in this build to copy from, so kustomize refuses the replacement.`,
    ],
    [
      /fieldPath `([^`]+)` is missing for replacement source (\w+)\.[^/]*\/(\S+?)(?:\.[^.\s:]+)?(?::|$)/,
      ([, path, kind, name]) =>
        `${kind} ${name} has no ${path} to copy from, so kustomize refuses the replacement.`,
    ],
    [
      /multiple matches for selector (\S+)/,
      () =>
        'Several objects of this build are selected, and a replacement copies from one: say more.',
    ],
    [
      /unable to find field "([^"]+)" in replacement target/,
      ([, path]) =>
        `What is selected has no ${path} to copy to: kustomize refuses it unless options.create is true.`,
    ],
    [
      /missing Resource metadata|missing metadata\.name|Object 'Kind' is missing|missing kind/,
      (_, fault) =>
        `${fault.entry ?? 'What stands here'} holds no Kubernetes object, with apiVersion, kind and metadata.name, so it cannot be one of ${fault.field}.`,
    ],
    [
      /security; file '([^']+)' is not in or below '([^']+)'/,
      ([, file]) =>
        `${file} is not in or below the folder of this kustomization, and kustomize reads no files from elsewhere: move it, or make its folder a base.`,
    ],
    [
      /evalsymlink failure on '([^']+)'|open ([^\s:]+): no such file|'([^']+)' doesn't exist/,
      ([, one, other, third]) =>
        `${one ?? other ?? third} does not exist, so kustomize cannot build this.`,
    ],
    [
      /unable to find one of 'kustomization\.yaml'.* in directory '([^']+)'/,
      ([, folder]) => `${folder} has no kustomization.yaml, so kustomize cannot build it.`,
    ],
    [
      /id resid\.ResId\{.*Kind:"(\w+)".*Name:"([^"]+)".* does not exist; cannot merge or replace/,
      ([, kind, name]) =>
        `There is no ${kind} ${name} in this build to merge or replace: kustomize refuses this behavior.`,
    ],
    [/kustomization\.yaml is empty/, () => 'The kustomization is empty, which kustomize refuses.'],
  ];

/** What a fault means, as one sentence; kustomize's own last words where nobody knows better. */
export function wordsOf(fault: WrittenFault, root: string, elsewhere: string[] = []): string {
  const message = root === '' ? fault.message : fault.message.replaceAll(`${root}/`, '');
  for (const [pattern, say] of meanings) {
    const found = pattern.exec(message);
    if (found) return say([...found], fault, elsewhere);
  }
  const words = message
    .replace(/^.*(?:recursed accumulation of path|accumulating resources from) '[^']*':\s*/s, '')
    .replace(/\s+/g, ' ')
    .trim();
  const what =
    fault.path === undefined
      ? 'Kustomize refuses this'
      : `The operation on ${fault.path} does not apply to what is patched`;
  return `${what}: ${words.slice(0, 400).replace(/\.$/, '')}.`;
}
