import {
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml';
import type { MapNode, Node, ScalarNode } from '../syntax.ts';
import { aliasMessage } from './alias-message.ts';
import { skipBlank, trimEnd } from './blanks.ts';
import type { Defect } from './defect.ts';
import {
  type BadScalar,
  isBadScalar,
  keyText,
  refusedEscape,
  resolvePlain,
  resolveTagged,
  type Scalar,
} from './dialect.ts';
import { MapBuilder } from './map-builder.ts';

/**
 * Makes the node tree of one YAML document from js-yaml's events, which must be those of `chunk`; `base`
 * is the chunk's offset in the text. Defects are collected, not thrown: after one of rule yaml-syntax the
 * tree is not what Kubernetes would read, or it is refused.
 */
export function composeDocument(
  chunk: string,
  base: number,
  events: readonly Event[],
): { root: Node | undefined; defects: Defect[] } {
  const composer = new Composer(chunk, base, events);
  const root = composer.document();
  return { root, defects: composer.defects };
}

interface Anchor {
  /** Undefined while the anchored node is still being read. */
  node: Node | undefined;
  /** Number of nodes an alias to it adds. */
  size: number;
}

type Style = ScalarNode['style'];
/** By js-yaml's numbers, which begin at 1. */
const styles: readonly Style[] = ['plain', 'plain', 'single', 'double', 'literal', 'folded'];

class Composer {
  readonly defects: Defect[] = [];
  readonly #chunk: string;
  readonly #base: number;
  readonly #events: readonly Event[];
  /** kubectl reads a text that begins with a brace as JSON first. */
  readonly #isJson: boolean;
  readonly #anchors = new Map<string, Anchor>();
  #next = 0;
  /** Offset in the chunk up to which everything is read. */
  #cursor = 0;
  #nodes = 0;
  #aliased = 0;
  #unfolded = false;

  constructor(chunk: string, base: number, events: readonly Event[]) {
    this.#chunk = chunk;
    this.#base = base;
    this.#events = events;
    this.#isJson = chunk[skipBlank(chunk, 0)] === '{';
  }

  document(): Node | undefined {
    if (this.#take().type !== EVENT_ID.DOCUMENT) return undefined;
    const root = this.#node(this.#take());
    const empty = root.kind === 'scalar' && root.value === null && root.start === root.end;
    return empty ? undefined : root;
  }

  #take(): Event {
    return this.#events[this.#next++] ?? { type: EVENT_ID.POP };
  }

  #node(event: Event): Node {
    this.#nodes++;
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event.anchorStart, event.anchorEnd);
    if (event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT)
      return { kind: 'scalar', start: this.#base, end: this.#base, value: null, style: 'plain' };
    if (event.anchorStart < 0) return this.#content(event);
    const anchor: Anchor = { node: undefined, size: 0 };
    this.#anchors.set(this.#chunk.slice(event.anchorStart, event.anchorEnd), anchor);
    const before = this.#nodes;
    anchor.node = this.#content(event);
    anchor.size = this.#nodes - before + 1;
    return anchor.node;
  }

  #content(event: ScalarEvent | MappingEvent | SequenceEvent): Node {
    const propertyEnd = Math.max(event.anchorEnd, event.tagEnd);
    if (propertyEnd > this.#cursor) this.#cursor = propertyEnd;
    if (event.type === EVENT_ID.SCALAR) return this.#scalar(event);
    return event.type === EVENT_ID.MAPPING ? this.#map(event) : this.#list(event);
  }

  #scalar(event: ScalarEvent): ScalarNode {
    const style = styles[event.style] ?? 'plain';
    const { start, end } = this.#spanOf(event, style);
    const value = this.#valueOf(event, style, start, end);
    return { kind: 'scalar', start: start + this.#base, end: end + this.#base, value, style };
  }

  /** Where a scalar stands in the chunk, with its quotes or its block header. */
  #spanOf(event: ScalarEvent, style: Style): { start: number; end: number } {
    const { valueStart, valueEnd } = event;
    if (valueStart < 0) return { start: this.#cursor, end: this.#cursor };
    if (isBlock(style)) {
      const start = skipBlank(this.#chunk, this.#cursor);
      this.#cursor = valueEnd;
      return { start, end: trimEnd(this.#chunk, start, valueEnd) };
    }
    const quote = style === 'plain' ? 0 : 1;
    this.#cursor = valueEnd + quote;
    return { start: valueStart - quote, end: valueEnd + quote };
  }

  #valueOf(event: ScalarEvent, style: Style, start: number, end: number): Scalar {
    const text = getScalarValue(this.#chunk, event);
    let value: Scalar | BadScalar = text;
    if (event.tagStart >= 0)
      value = resolveTagged(this.#chunk.slice(event.tagStart, event.tagEnd), text);
    else if (style === 'plain') value = resolvePlain(text);
    else if (style === 'double' && !event.fast && !this.#isJson)
      value = refusedEscape(this.#chunk.slice(start + 1, end - 1)) ?? text;
    // As libyaml has it, a block that the end of the text cuts off has no line break to keep.
    else if (isBlock(style) && end === this.#chunk.length && text.endsWith('\n'))
      value = text.slice(0, -1);
    if (!isBadScalar(value)) return value;
    this.#refuse(value.message, start + this.#base, end + this.#base);
    return text;
  }

  #map(event: MappingEvent): MapNode {
    const start = event.start + this.#base;
    const flow = event.style === COLLECTION_STYLE.FLOW;
    const builder = new MapBuilder();
    if (event.start >= this.#cursor) this.#cursor = event.start + (flow ? 1 : 0);
    let end = start;
    for (let next = this.#take(); next.type !== EVENT_ID.POP; next = this.#take()) {
      const key = this.#node(next);
      this.#pass(':');
      const value = this.#node(this.#take());
      end = Math.max(key.end, value.end);
      this.#add(builder, next, key, value, start);
    }
    if (flow) end = this.#closeFlow(event.start, '{', '}', end);
    return { kind: 'map', start, end, entries: builder.entries, flow };
  }

  #add(builder: MapBuilder, event: Event, key: Node, node: Node, mapStart: number): void {
    if (isMergeKey(event, key)) {
      this.#merge(builder, node);
      return;
    }
    const name = key.kind === 'scalar' ? this.#keyName(event, key) : undefined;
    if (name !== undefined) {
      const defect = builder.set({ key: name, keyStart: key.start, keyEnd: key.end, node });
      if (defect && this.defects.length < maxDefects) this.defects.push(defect);
    } else if (this.#chunk.startsWith('{{', mapStart - this.#base)) {
      const message =
        'Outside a chart nothing fills in a template expression: YAML reads "{{" as a mapping. Quote the value, or render the template first.';
      this.#refuse(message, mapStart, key.end + 1);
    } else if (key.kind === 'scalar') {
      this.#refuse(
        'A key must not be null: write its name, in quotes if need be.',
        key.start,
        key.end,
      );
    } else {
      const what = key.kind === 'map' ? 'mapping' : 'list';
      this.#refuse(`A key must be a name, not a ${what}: quote the value.`, key.start, key.end);
    }
  }

  #merge(builder: MapBuilder, node: Node): void {
    // Of several maps the earlier takes precedence.
    const sources = node.kind === 'list' ? node.items.toReversed() : [node];
    for (const source of sources) {
      if (source.kind === 'map') builder.merge(source);
      else {
        const message = 'A merge key "<<" takes a mapping or a list of mappings.';
        this.#refuse(message, source.start, source.end);
      }
    }
  }

  #keyName(event: Event, key: ScalarNode): string | undefined {
    if (typeof key.value === 'string') {
      if (key.value.charCodeAt(0) === nonBreakingSpace && event.type === EVENT_ID.SCALAR)
        this.#refuseNonBreakingSpaces(key);
      return key.value;
    }
    return keyText(key.value, this.#text(key));
  }

  #refuseNonBreakingSpaces(key: ScalarNode): void {
    const width = /^\u00A0*/.exec(String(key.value))?.[0].length ?? 0;
    this.#refuse(
      'This line is indented with non-breaking spaces (U+00A0), which YAML takes for part of the key: use ordinary spaces.',
      key.start,
      key.start + width,
    );
  }

  #list(event: SequenceEvent): Node {
    const start = event.start + this.#base;
    const flow = event.style === COLLECTION_STYLE.FLOW;
    const items: Node[] = [];
    this.#cursor = event.start + (flow ? 1 : 0);
    let end = start;
    for (let next = this.#take(); next.type !== EVENT_ID.POP; next = this.#take()) {
      this.#pass(flow ? ',' : '-');
      const item = this.#node(next);
      items.push(item);
      end = item.end;
    }
    if (flow) end = this.#closeFlow(event.start, '[', ']', end);
    return { kind: 'list', start, end, items, flow };
  }

  #alias(nameStart: number, nameEnd: number): Node {
    const alias = this.#chunk.slice(nameStart, nameEnd);
    const start = this.#base + nameStart - 1;
    const end = this.#base + nameEnd;
    this.#cursor = nameEnd;
    const anchor = this.#anchors.get(alias);
    if (anchor?.node && this.#affords(anchor.size)) return { ...anchor.node, start, end, alias };
    const shown = /^kind:\s*["']?Secret/m.test(this.#chunk) ? '' : alias;
    // One alias too many stands for all that follow it.
    if (!anchor?.node || !this.#unfolded) this.#refuse(aliasMessage(shown, anchor), start, end);
    if (anchor?.node) this.#unfolded = true;
    return { kind: 'scalar', start, end, value: null, style: 'plain', alias };
  }

  /**
   * go-yaml's guard against texts that unfold to gigabytes ("document contains excessive aliasing"): small
   * documents may consist of aliases, in large ones their part must stay small.
   */
  #affords(size: number): boolean {
    this.#nodes += size;
    this.#aliased += size;
    if (this.#aliased <= 1000) return true;
    const many = Math.min(Math.max((this.#nodes - 400_000) / 3_600_000, 0), 1);
    return this.#aliased / this.#nodes <= 0.99 - 0.89 * many;
  }

  #refuse(message: string, start: number, end: number): void {
    if (this.defects.length < maxDefects)
      this.defects.push({ rule: 'yaml-syntax', message, start, end });
  }

  /** Moves behind an indicator when it is the next thing in the text. */
  #pass(indicator: string): void {
    const at = skipBlank(this.#chunk, this.#cursor);
    if (this.#chunk[at] === indicator) this.#cursor = at + 1;
  }

  #closeFlow(mapStart: number, open: string, close: string, end: number): number {
    // `[a: b]` holds a mapping that has no braces.
    if (this.#chunk[mapStart] !== open) return end;
    let at = skipBlank(this.#chunk, this.#cursor);
    while (this.#chunk[at] === ',' || this.#chunk[at] === ':') at = skipBlank(this.#chunk, at + 1);
    if (this.#chunk[at] === close) this.#cursor = at + 1;
    return this.#base + this.#cursor;
  }

  /** A node as it is written. */
  #text({ start, end }: Node): string {
    return this.#chunk.slice(start - this.#base, end - this.#base);
  }
}

const maxDefects = 100;
const nonBreakingSpace = 0xa0;

function isMergeKey(event: Event, key: Node): boolean {
  return (
    key.kind === 'scalar' &&
    key.value === '<<' &&
    key.style === 'plain' &&
    event.type === EVENT_ID.SCALAR
  );
}

function isBlock(style: Style): boolean {
  return style === 'literal' || style === 'folded';
}
