import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { JsonObject } from '../../src/core/model/resource.ts';
import type { Difference } from './compare.ts';
import { textOf, type Word } from './word.ts';

/** A class of differences with its reason; the file's header explains the fields. */
export interface Listed {
  id: string;
  what: Difference['what'][];
  kinds?: string;
  line: string;
  /** Only on servers before this minor version. */
  before?: number;
  /** Only where one of the server's causes is like this. */
  server?: string;
  reason: string;
}

export function readListed(file = join(import.meta.dirname, 'differences.yaml')): Listed[] {
  return (load(readFileSync(file, 'utf8')) ?? []) as Listed[];
}

export interface Circumstances {
  object: JsonObject;
  server: Word;
  /** The server's minor version. */
  minor: number;
}

/** The classes that explain every line of a difference; undefined where one is not explained. */
export function classesOf(
  difference: Difference,
  { object, server, minor }: Circumstances,
  listed: readonly Listed[],
): string[] | undefined {
  const name = `${object.apiVersion} ${object.kind}`;
  const possible = listed.filter(
    ({ what, kinds, before, server: said }) =>
      what.includes(difference.what) &&
      (said === undefined || server.causes.some(each => new RegExp(said).test(textOf(each)))) &&
      (before === undefined || minor < before) &&
      (kinds === undefined || new RegExp(kinds).test(name)),
  );
  const found = difference.lines.map(line =>
    possible.find(each => new RegExp(each.line, 's').test(line)),
  );
  return found.every(each => each !== undefined)
    ? [...new Set(found.map(({ id }) => id))]
    : undefined;
}
