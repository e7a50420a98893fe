import type { HelmSource, ValuesSource } from '../model/environment.ts';
import type { RenderFailure } from '../model/rendered.ts';
import type { Place } from '../model/source.ts';
import type { RendererAnswer } from '../upstream/renderer.ts';
import { faultsOf, renderedFrom } from './answer.ts';
import { chartPath, type Laid, layDependencies, type UsedCharts } from './charts.ts';
import { packedIn, withPlacesHere } from './elsewhere.ts';
import { below, helmFailure } from './helm-failure.ts';
import { emptyRender, type RenderContext, type Renderer } from './renderer.ts';
import { alteredSource, markDifferences } from './sensitive.ts';

/** A release of a chart, rendered by Helm's own engine as `helm template` does. */
export const helm: Renderer = {
  id: 'helm',
  canRender: source => source.kind === 'helm',
  async render(source, context) {
    if (source.kind !== 'helm') return emptyRender();
    const unknown = unknownValues(source, context.origin);
    if (unknown) return { ...emptyRender(), failure: unknown };
    const used: UsedCharts = [];
    const found = await chartPath(source, context, used);
    const origin = context.origin ?? { file: source.path, line: 1, column: 1 };
    if ('reason' in found)
      return { ...emptyRender(), charts: used, failure: { message: found.reason, place: origin } };
    const located = { ...source, path: found.path };
    const { answer, why } = await ask(located, context, found.laid, used);
    const chart = { file: below(found.path, 'Chart.yaml'), line: 1, column: 1 };
    const rendered = await renderedFrom(answer, source.chart ? origin : chart, context.repository);
    if (used.length > 0) rendered.charts = used;
    const other = alteredSource(located);
    if (other && !answer.failure) {
      const quick = { ...context, trace: false, text: false };
      const made = (await ask(other, quick, found.laid, [])).answer;
      return markDifferences(rendered, await renderedFrom(made, chart, context.repository));
    }
    if (answer.failure)
      rendered.failure = {
        ...(await helmFailure(answer.failure, located, context, why)),
        ...faultsOf(answer, 'helm'),
      };
    return rendered;
  },
};

/**
 * The renderer's answer; dependencies that the chart's folder has not are laid over it. `why` says what could not
 * be found of them.
 */
async function ask(
  source: HelmSource,
  context: RenderContext,
  laid: Laid,
  used: UsedCharts,
): Promise<{ answer: RendererAnswer; why?: string }> {
  const { program, repository, trace, text, signal } = context;
  const once = () => {
    const request = { ...requestOf(source, context.origin), trace, text, laid: laid.files };
    return program.render('helm', repository, request, signal, laid.contents);
  };
  const chart = { file: below(source.path, 'Chart.yaml'), line: 1, column: 1 };
  const here = (answer: RendererAnswer) =>
    withPlacesHere(answer, [...laid.elsewhere, ...packedIn(answer, chart)]);
  const first = await once();
  const names = first.failure?.missing;
  if (!names) return { answer: here(first) };
  const why = await layDependencies(source.path, names, context, { laid, used });
  const answer = here(why === undefined ? await once() : first);
  const lock = below(source.path, 'Chart.lock');
  if (repository.files.includes(lock)) answer.reads.push(lock);
  else answer.absent.push(lock);
  return { answer, why };
}

function requestOf(source: HelmSource, origin: Place | undefined): object {
  const { path, release, namespace, includeCrds, skipTests, skipSchema } = source;
  const { kubeVersion, apiVersions, withoutDefaults } = source;
  const values = source.values.map(valuesOf);
  const flags = { includeCrds, skipTests, skipSchema, withoutDefaults };
  const flux = source.flux && { ...source.flux, origin };
  return { path, release, namespace, values, kubeVersion, apiVersions, ...flags, flux };
}

/** A release whose values are not all known is not rendered at all. */
function unknownValues(
  { values }: HelmSource,
  origin: Place | undefined,
): RenderFailure | undefined {
  const unknown = values.find(part => part.kind === 'named');
  if (!unknown) return undefined;
  const { kind, name } = unknown.object;
  const message = `its values come from ${kind} ${name}, which ${unknown.reason}`;
  return { message, place: origin ?? { file: '', line: 1, column: 1 } };
}

function valuesOf(part: ValuesSource): object {
  if (part.kind === 'file') return { file: part.path, optional: part.optional };
  if (part.kind === 'named') return {};
  if (part.kind === 'set') return { set: part.text, as: part.as, place: part.place };
  return { text: JSON.stringify(part.values), place: part.place, places: part.places };
}
