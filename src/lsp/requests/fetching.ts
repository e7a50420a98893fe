import type { PlannedChart } from '../../core/actions/fetch.ts';
import { printable } from '../../core/words/values.ts';
import type { Feature } from '../feature.ts';
import {
  type FetchedCharts,
  type MissingChart,
  type OfEnvironment,
  requests,
} from '../protocol.ts';
import type { Session } from '../session/session.ts';
import { teller } from './progress.ts';

/** Charts that environments name and that are not here: which, and getting them. */
export const fetching: Feature = {
  register(session) {
    session.answer(requests.missingCharts, async of => {
      const found = await Promise.all((await livesOf(session, of)).map(live => planOf(live, of)));
      return found.flatMap(({ charts }) => charts.map(asMissing));
    });
    session.answer(requests.fetchCharts, async ({ charts, id, ...of }, signal) => {
      const { fetchCharts } = await import('../../core/actions/fetch.ts');
      const outcome: FetchedCharts = { fetched: [], failed: [] };
      const wanted = new Set(charts.map(keyOf));
      for (const live of await livesOf(session, of)) {
        // Nothing but what the repository names and the person saw is asked for.
        const plan = await planOf(live, of);
        const chosen = plan.charts.filter(chart => wanted.has(keyOf(asMissing(chart))));
        const onProgress = teller(session, id);
        const options = { signal, onProgress };
        for (const each of await fetchCharts(live.workspace(), { charts: chosen }, options)) {
          const { name, version } = each.chart.reference;
          if (each.kind === 'fetched') outcome.fetched.push(printable(`${name} ${each.version}`));
          else outcome.failed.push(printable(`${name} ${version}: ${each.message}`));
        }
      }
      return outcome;
    });
  },
};

async function livesOf({ repositories }: Session, { environment }: OfEnvironment) {
  await repositories.ready();
  return environment === undefined
    ? repositories.lives().map(({ live }) => live)
    : [repositories.ofEnvironment(environment).live];
}

async function planOf(
  live: Awaited<ReturnType<typeof livesOf>>[number],
  { environment }: OfEnvironment,
) {
  const { planFetch } = await import('../../core/actions/fetch.ts');
  const workspace = live.workspace();
  const names = environment === undefined ? [] : [environment];
  return planFetch(workspace, await workspace.choose(names));
}

function asMissing({ reference, neededBy }: PlannedChart): MissingChart {
  return { ...reference, neededBy };
}

function keyOf({ url, name, version }: MissingChart): string {
  return JSON.stringify([url, name, version]);
}
