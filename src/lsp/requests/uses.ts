import type { Reach } from '../../core/actions/reach/reach.ts';
import { renderedObject } from '../../core/actions/rendered-object.ts';
import { lineOfField, pointerIn, renderedText } from '../../core/live/rendered-text.ts';
import { resourceKey } from '../../core/model/resource.ts';
import type { Feature } from '../feature.ts';
import { type Lines, type RenderedField, requests, type Uses } from '../protocol.ts';
import type { RepositoryFile } from '../session/repositories.ts';
import type { Session } from '../session/session.ts';

/** The rendered objects that lines of a file reach. */
export const uses: Feature = {
  register(session) {
    session.answer(requests.uses, lines => usesOf(session, lines));
  },
};

async function usesOf({ repositories }: Session, lines: Lines): Promise<Uses> {
  await repositories.ready();
  const found = repositories.of(lines.uri);
  if (!found) return { fields: [] };
  const { line, endLine = line } = lines;
  const reach = found.live.reach(found.file);
  const reached = endLine > line ? reach.objects(line + 1, endLine + 1) : reach.at(line + 1);
  if (reached.length > 0) return { fields: await placedFields(found, reached) };
  const why = reach.why(line + 1);
  return { fields: [], ...(why !== undefined && { why }) };
}

/** Each field with its line in the document of its object, by object. */
export async function placedFields(
  { live }: RepositoryFile,
  reached: readonly Reach[],
): Promise<RenderedField[]> {
  const byObject = Map.groupBy(
    reached,
    ({ environment, object }) => `${environment}\n${resourceKey(object)}`,
  );
  const placed = [...byObject.values()].map(async (same): Promise<RenderedField[]> => {
    const [first] = same;
    if (!first) return [];
    const { environment: name, object: about, application: by } = first;
    const rendered = await renderedObject(live.workspace(), name, about, by);
    const text = rendered ? renderedText(rendered) : '';
    return same.map(({ environment, application, object, path }) => {
      // An edit may have taken the object away since: its document says so.
      const isThere = rendered && path !== '';
      const line = isThere ? lineOfField(text, pointerIn(rendered, path)) : 1;
      return { environment, application, object, path, line: line - 1 };
    });
  });
  return (await Promise.all(placed)).flat();
}
