import { resourceText } from '../../core/model/resource.ts';
import { printable } from '../../core/words/values.ts';
import type { Feature } from '../feature.ts';
import { requests } from '../protocol.ts';

/** Comparing: one object side by side, or everything anew. */
export const checks: Feature = {
  register(session) {
    const { repositories } = session;
    session.answer(requests.compare, async ({ environment, object }) => {
      await repositories.ready();
      const { live } = repositories.ofEnvironment(environment);
      const texts = await live.compare(environment, object);
      const title = `${resourceText(object)} (repository ↔ ${environment})`;
      return { title: printable(title), ...texts };
    });
    session.answer(requests.check, async ({ environment }) => {
      await repositories.ready();
      const lives =
        environment === undefined
          ? repositories.lives()
          : [repositories.ofEnvironment(environment)];
      const names = environment === undefined ? [] : [environment];
      await Promise.all(lives.map(({ live }) => live.check(names)));
      return null;
    });
  },
};
