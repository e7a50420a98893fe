import type { OfObject } from './protocol.ts';

/** Of documents with one rendered object each; the editor gets their text by asking for it. */
export const renderedScheme = 'driftline-rendered';

/**
 * The address of a rendered object's document: the path is for people (tabs and lists show its end), the query says
 * what is meant.
 */
export function renderedUri({ environment, object }: OfObject): string {
  const { namespace, kind, name } = object;
  const file = `${environment} · ${kind} ${name}.yaml`;
  const path = (namespace === '' ? [file] : [namespace, file]).map(part =>
    encodeURIComponent(part.replace(/[/\\:]/g, '-')),
  );
  const query = encodeURIComponent(JSON.stringify({ environment, object }));
  return `${renderedScheme}:/${path.join('/')}?${query}`;
}
