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
    [
      /expected kind != 'Component' for path '([^']+)'/,
      (_, { entry }) => `${entry} is a Component: name it in components, not in resources.`,
    ],
    [
      /expected kind 'Component' for path '([^']+)' but got/,
      (_, { entry }) => `${entry} is no Component: name it in resources, not in components.`,
    ],
    [
      /Kind:"(\w+)".*Name:"([^"]+)".* exists; can not use behavior/,
      ([, kind, name]) =>
        `${kind} ${name} is in this build already, so behavior must be merge or replace: kustomize refuses another one.`,
    ],
    [
      /patch and path can't be set at the same time/,
      () => 'A patch has either patch or path, and this one has both: kustomize refuses it.',
    ],
    [
      /must specify one of patch and path/,
      () => 'A patch needs patch or path, and this one has neither: kustomize refuses it.',
    ],
    [
      /must specify a target for JSON patch/,
      () => 'A JSON 6902 patch needs a target that says what it is for: kustomize refuses it.',
    ],
    [
      /Unexpected kind: (\S+)/,
      ([, op]) => `${op} is no operation: write add, remove, replace, move, copy or test.`,
    ],
    [
      /Found multiple kustomization files/,
      () =>
        'The folder has several kustomization files, and kustomize takes one only: remove the others.',
    ],
    [
      /(configmap|secret) (\S+) illegally repeats the key `([^`]+)`/,
      ([, kind, name, key]) =>
        `The ${kind} ${name} gets the key ${key} twice: kustomize refuses it.`,
    ],
    [
      /invalid literal source (.*?), expected key=value/,
      ([, literal]) => `The literal ${literal} must be written as key=value: kustomize refuses it.`,
    ],
    [
      /a (configmap|secret) must have a name/,
      ([, kind]) => `A ${kind} that is generated needs a name: kustomize refuses it.`,
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
