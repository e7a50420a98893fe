import { UserError } from '../../core/lib/errors.ts';
import type { Live } from '../../core/live/live.ts';
import type { Feature } from '../feature.ts';
import { requests } from '../protocol.ts';
import type { Session } from '../session/session.ts';

/** Which cluster an environment is compared with, chosen by the person. */
export const clusters: Feature = {
  register(session) {
    session.answer(requests.contexts, async () => (await anyLive(session)).contexts());
    session.answer(requests.identify, async ({ context }) => {
      const { server = '', uid, version } = await (await anyLive(session)).identify(context);
      if (uid === undefined)
        throw new UserError(
          `The context ${context} may not read the namespace kube-system, whose UID shows which cluster it leads to: ask for permission to get it.`,
        );
      return { context, server, uid, ...(version !== undefined && { version }) };
    });
    session.answer(requests.choose, ({ environment, context, uid }) =>
      choose(session, environment, { context, uid }),
    );
    session.answer(requests.unchoose, ({ environment }) => choose(session, environment));
  },
};

async function choose(
  session: Session,
  environment: string,
  cluster?: { context: string; uid: string },
): Promise<null> {
  await session.repositories.ready();
  const { live } = session.repositories.ofEnvironment(environment);
  const others = session.options.clusters.filter(each => each.environment !== environment);
  const clusters = cluster ? [...others, { environment, ...cluster }] : others;
  session.options = { ...session.options, clusters };
  live.choose(environment, cluster);
  return null;
}

/** Contexts are the person's, not a repository's: any repository can be asked for them. */
async function anyLive({ repositories }: Session): Promise<Live> {
  await repositories.ready();
  const [first] = repositories.lives();
  if (first) return first.live;
  throw new UserError('No folder with a GitOps repository is open.');
}
