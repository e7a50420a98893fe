import type { Node, ScalarNode } from '../../syntax.ts';
import { isFlowIndicator, space, tilde } from './characters.ts';
import type { Source } from './source.ts';

/** The name of the anchor or alias whose indicator is at `at`, which is left behind the name. */
export function readAnchorName(source: Source): string | undefined {
  const { text, codes } = source;
  const start = source.at + 1;
  let at = start;
  for (let code = codes[at] as number; code > space; code = codes[++at] as number)
    if (code > tilde || isFlowIndicator(code)) return undefined;
  source.at = at;
  return at > start ? text.slice(start, at) : undefined;
}

export function setAnchor(source: Source, name: string, node: Node): void {
  source.anchors ??= new Map();
  source.anchors.set(name, node);
}

/** The alias at `at`, which is left behind it: of a scalar, and not of so many that they must be counted. */
export function readAlias(source: Source): ScalarNode | undefined {
  const { at: start } = source;
  const alias = readAnchorName(source);
  const node = alias === undefined ? undefined : source.anchors?.get(alias);
  if (node?.kind !== 'scalar' || ++source.aliasCount > mostAliases) return undefined;
  return { ...node, start, end: source.at, alias };
}

const mostAliases = 500;
