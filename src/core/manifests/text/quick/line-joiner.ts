/** What becomes of the line breaks at a block scalar's end. */
export type Chomping = 'clip' | 'strip' | 'keep';

/** Makes a block scalar's text of its lines, as YAML 1.2.2, section 8.1 has it. */
export class LineJoiner {
  readonly #text: string;
  readonly #isFolded: boolean;
  readonly #pieces: string[] = [];
  /** Empty lines since the last line with content. */
  #empty = 0;
  #wasIndented = false;

  constructor(text: string, isFolded: boolean) {
    this.#text = text;
    this.#isFolded = isFolded;
  }

  addEmpty(): void {
    this.#empty++;
  }

  /** A line's content; `isIndented` when it begins with a blank, so that it is not folded. */
  add(start: number, end: number, isIndented: boolean): void {
    const isFirst = this.#pieces.length === 0;
    this.#pieces.push(
      this.#isFolded ? this.#fold(isFirst, isIndented) : breaks(this.#empty + (isFirst ? 0 : 1)),
      this.#text.slice(start, end),
    );
    this.#empty = 0;
  }

  /** The whole; a text that ends without a line break has none to keep. */
  join(chomping: Chomping, isTerminated: boolean): string {
    const hasContent = this.#pieces.length > 0;
    if (chomping === 'keep')
      this.#pieces.push(breaks(this.#empty + (hasContent && isTerminated ? 1 : 0)));
    else if (chomping === 'clip' && hasContent && isTerminated) this.#pieces.push('\n');
    return this.#pieces.join('');
  }

  /** What stands between a folded scalar's lines. */
  #fold(isFirst: boolean, isIndented: boolean): string {
    const wasIndented = this.#wasIndented;
    this.#wasIndented = isIndented;
    if (isIndented) return breaks(this.#empty + (isFirst ? 0 : 1));
    if (wasIndented) return breaks(this.#empty + 1);
    if (this.#empty > 0) return breaks(this.#empty);
    return isFirst ? '' : ' ';
  }
}

function breaks(count: number): string {
  return count === 1 ? '\n' : '\n'.repeat(count);
}
