import type { Provenance } from '../model/rendered.ts';

/** One text that had a part in a rendered value. */
export interface ChainStep {
  file: string;
  /** 1-based. */
  line: number;
  /** What it does: `patches`, `images`, `include web.labels`; empty for the text that holds the value. */
  does: string;
}

/**
 * The way of a value in the order in which it went: what it replaced, the text that holds it, then what took it
 * further, the outermost last. A step that stands where the value does is that step.
 */
export function chainOf({ file, line, how, via }: Provenance): ChainStep[] {
  const after = via.map(stepOf).reverse();
  // What a transformer went on from says nothing of its own; a template's lines come after the value.
  const isBefore = ({ does, file: at }: ChainStep) =>
    does === 'overwritten' ||
    (does === '' && how === 'transformed' && !/(^|\/)templates\//.test(at));
  const steps = [
    ...after.filter(isBefore),
    { file, line, does: '' },
    ...after.filter(step => !isBefore(step)),
  ];
  return steps.reduce<ChainStep[]>((chain, step) => {
    const before = chain.find(each => each.file === step.file && each.line === step.line);
    if (!before) chain.push(step);
    else if (before.does === '') before.does = step.does;
    return chain;
  }, []);
}

/** Reads `overlays/production/kustomization.yaml:9 images`; a file may have spaces and colons in its name. */
function stepOf(via: string): ChainStep {
  const [, file = via, line = '1', does = ''] = /^(.+?):(\d+)(?: (.*))?$/.exec(via) ?? [];
  return { file, line: Number(line), does };
}
