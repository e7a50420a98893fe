import { hasPlace, type OurWord } from './our-word.ts';
import { type Cause, plainField, textOf, type Word } from './word.ts';

/** One respect in which two words about the same object differ. */
export interface Difference {
  /**
   * verdict: only one accepts it. causes: it is refused for other reasons. warnings: it is accepted with
   * others. told: what a person is told in the end is another verdict. place: it cannot be read, and nothing
   * says where.
   */
  what: 'verdict' | 'causes' | 'warnings' | 'told' | 'place';
  /** Each begins with who says it: `server: …` or `ours: …`. */
  lines: string[];
}

/**
 * How the judge's word and what is made of it differ from the server's; none where nothing can be said. The judge
 * has the words of its own version: causes that an `older` server gives are compared by their fields.
 */
export function differences(server: Word, ours: OurWord, older = false): Difference[] {
  if (server.says === 'nothing') return [];
  if (ours.says === 'nothing')
    return [{ what: 'verdict', lines: [`ours: not checked: ${ours.reason}`] }];
  const found: Difference[] = [];
  const add = (what: Difference['what'], lines: string[]) => {
    if (lines.length > 0) found.push({ what, lines });
  };
  if (ours.says !== server.says) add('verdict', verdictLines(server, ours));
  else if (ours.says === 'refused') add('causes', causeLines(server, ours, older));
  else add('warnings', sideBySide(server.warnings, ours.warnings));
  add('told', toldLines(server, ours));
  if (server.at === 'decoding' && ours.violations && !hasPlace(ours.violations))
    add(
      'place',
      server.causes.map(cause => `server: ${textOf(cause)}`),
    );
  return found;
}

function verdictLines(server: Word, ours: Word): string[] {
  return server.says === 'refused'
    ? server.causes.filter(cause => !isUnsure(ours, cause)).map(cause => `server: ${textOf(cause)}`)
    : ours.causes.map(cause => `ours: ${textOf(cause)}`);
}

/** What is told as not checked is no difference. */
function isUnsure({ unsure = [] }: Word, { field }: Cause): boolean {
  return unsure.some(place => place === '' || `${field}.`.startsWith(`${place}.`));
}

function causeLines(server: Word, ours: Word, older: boolean): string[] {
  if (server.at !== ours.at) {
    const lines = server.causes.map(cause => `server: ${textOf(cause)}`);
    const own = ours.causes.map(cause => `ours: ${textOf(cause)}`);
    return [`server: stops at ${server.at}, not ${ours.at}`, ...lines, ...own];
  }
  // The server stops at the first value that it cannot read.
  if (server.at === 'decoding') return [];
  const same = older || server.at === 'strict' ? isSameField : isSame;
  return sideBySide(server.causes, ours.causes, same, cause => isUnsure(ours, cause));
}

/** What only one of them says. */
function sideBySide(
  server: readonly Cause[],
  ours: readonly Cause[],
  same = isSame,
  excused: (cause: Cause) => boolean = () => false,
): string[] {
  const missed = server.filter(cause => !ours.some(own => same(cause, own)) && !excused(cause));
  const invented = ours.filter(own => !server.some(cause => same(cause, own)));
  return [
    ...missed.map(cause => `server: ${textOf(cause)}`),
    ...invented.map(cause => `ours: ${textOf(cause)}`),
  ];
}

function isSameField(server: Cause, own: Cause): boolean {
  return server.field === own.field;
}

function isSame(server: Cause, own: Cause): boolean {
  return isSameField(server, own) && isSameMessage(server.message, own.message);
}

/** Each side makes up identities. */
function withoutChance(message: string): string {
  return message.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID');
}

/** Ours leaves out long values and those of Secrets. */
function isSameMessage(theirs: string, ours: string): boolean {
  const [server, own] = [withoutChance(theirs), withoutChance(ours)];
  if (server === own) return true;
  if (!/…|\*\*\*/.test(own)) return false;
  const parts = own.split(/…|\*\*\*/);
  let at = 0;
  for (const [index, part] of parts.entries()) {
    const next = server.indexOf(part, at);
    if (next < 0 || (index === 0 && next > 0)) return false;
    at = next + part.length;
  }
  return parts.at(-1) === '' || at === server.length;
}

function toldLines(server: Word, ours: OurWord): string[] {
  if (ours.violations === undefined || ours.unsure) return [];
  const errors = ours.violations.filter(({ severity }) => severity === 'error');
  if (server.says === 'accepted')
    return errors.map(
      ({ pointer, rule, message }) => `ours: ${plainField(pointer.join('.'))}: ${rule}: ${message}`,
    );
  if (errors.length > 0) return [];
  return server.causes.map(cause => `server: ${textOf(cause)}`);
}
