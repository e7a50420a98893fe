import { renderedObject } from '../../core/actions/rendered-object.ts';
import {
  fieldOnLine,
  lineOfField,
  pointerIn,
  renderedText,
} from '../../core/live/rendered-text.ts';
import { formatPath } from '../../core/model/path.ts';
import { resourceText } from '../../core/model/resource.ts';
import { printable } from '../../core/words/values.ts';
import type { Feature } from '../feature.ts';
import { type OfObject, type RenderedSide, requests, type SourcePlace } from '../protocol.ts';
import { uriOf } from '../session/repositories.ts';
import type { Session } from '../session/session.ts';

/** Rendered objects as read-only documents, and the way between them and the lines that make them. */
export const rendering: Feature = {
  register(session) {
    session.answer(requests.rendered, async about => {
      const { object } = await objectOf(session, about);
      if (object) return { text: renderedText(object) };
      const name = printable(resourceText(about.object));
      return { text: '', reason: `${printable(about.environment)} renders no ${name}.` };
    });
    session.answer(requests.fieldLine, async ({ path = '', ...about }) => {
      const { object } = await objectOf(session, about);
      if (!object || path === '') return 0;
      return lineOfField(renderedText(object), pointerIn(object, path)) - 1;
    });
    session.answer(requests.source, async ({ side, line, ...about }) =>
      sourceOf(session, about, side, line + 1),
    );
  },
};

async function objectOf({ repositories }: Session, { environment, object }: OfObject) {
  await repositories.ready();
  const { repository, live } = repositories.ofEnvironment(environment);
  return { repository, live, object: await renderedObject(live.workspace(), environment, object) };
}

/** The text that decides the field on a line (1-based) of one of the object's documents. */
async function sourceOf(
  session: Session,
  about: OfObject,
  side: RenderedSide,
  line: number,
): Promise<SourcePlace | null> {
  const { repository, live, object } = await objectOf(session, about);
  if (!object) return null;
  const shown =
    side === 'rendered'
      ? renderedText(object)
      : (await live.compare(about.environment, about.object))[side];
  // A list of what runs may be in another order; what it has and the repository has not stands near its parent.
  const pointer = pointerIn(object, formatPath(fieldOnLine(shown, line)));
  const place = pointer.length === 0 ? object.source : object.locate(pointer);
  const uri = uriOf(repository, place.file);
  return { uri, line: place.line - 1, character: place.column - 1 };
}
