import { renderedObject } from '../../core/actions/rendered-object.ts';
import { lineOfField, pointerIn, renderedText } from '../../core/live/rendered-text.ts';
import { resourceKey } from '../../core/model/resource.ts';
import type { Feature } from '../feature.ts';
import { lineFields } from '../line-fields.ts';
import { type Lines, type RenderedField, requests, type Uses } from '../protocol.ts';
import type { Session } from '../session/session.ts';

/** The rendered objects that lines of a file reach. */
export const uses: Feature = {
  register(session) {
    session.answer(requests.uses, lines => usesOf(session, lines));
  },
};

async function usesOf({ repositories }: Session, { uri, line }: Lines): Promise<Uses> {
  await repositories.ready();
  const found = repositories.of(uri);
  if (!found) return { fields: [] };
  const fields = (await lineFields(found, line + 1, [])).flatMap(
    ({ object, path, reached, environments }) =>
      reached.map(environment => ({
        ...{ environment, object, path },
        application: environments.find(({ name }) => name === environment)?.application ?? '',
      })),
  );
  const byObject = Map.groupBy(
    fields,
    ({ environment, object }) => `${environment}\n${resourceKey(object)}`,
  );
  const placed = [...byObject.values()].map(async (same): Promise<RenderedField[]> => {
    const [first] = same;
    const object =
      first && (await renderedObject(found.live.workspace(), first.environment, first.object));
    if (!object) return [];
    const text = renderedText(object);
    return same.map(field => ({
      ...field,
      line: lineOfField(text, pointerIn(object, field.path)) - 1,
    }));
  });
  return { fields: (await Promise.all(placed)).flat() };
}
