import type { EnvironmentEffect } from '../../core/actions/effect/effect.ts';
import { environmentLine } from '../../core/actions/effect/text.ts';
import type { Feature } from '../feature.ts';
import { type EnvironmentEdit, requests } from '../protocol.ts';

/** What edits change in each environment, before anybody else gets them. */
export const effects: Feature = {
  register(session) {
    const { repositories } = session;
    session.answer(requests.effect, async (wanted, signal) => {
      await repositories.ready();
      const lives = repositories.lives();
      const isUnsaved = lives.some(({ live }) => live.editedFiles().length > 0);
      const since = wanted.since ?? (isUnsaved ? 'disk' : 'commit');
      const found = await Promise.all(lives.map(({ live }) => live.effect(since, signal)));
      return {
        since,
        environments: found.flatMap(({ environments }) => environments.map(environmentEdit)),
      };
    });
  },
};

/** An environment's part of an effect, as one text on each side. */
function environmentEdit(effect: EnvironmentEffect): EnvironmentEdit {
  const { environment, objects } = effect;
  const side = (name: 'before' | 'after') =>
    objects.flatMap(object => (object[name] === '' ? [] : [object[name]])).join('---\n');
  const summary = environmentLine(effect, new Date());
  return { environment, summary, before: side('before'), after: side('after') };
}
