import { messageOf } from '../lib/errors.ts';
import type { Charts } from '../model/chart.ts';
import { type RenderSource, secretValues } from '../model/environment.ts';
import type { Rendered } from '../model/rendered.ts';
import type { Repository } from '../model/repository.ts';
import type { Place } from '../model/source.ts';
import { UpstreamError } from '../upstream/error.ts';
import type { RendererProgram } from '../upstream/renderer.ts';
import { type FileState, fileState, keyOf, RenderCache } from './cache.ts';
import { areStillFound, noCharts } from './charts.ts';
import { renderers } from './index.ts';
import { emptyRender, type RenderContext, type RenderedSource, type Target } from './renderer.ts';
import { withoutSealed } from './sealed.ts';
import { hideSecrets } from './sensitive.ts';
import { combine } from './several.ts';

/** Renders one state of a repository. */
export interface Rendering {
  /** What an application deploys. `locate` of kustomize's and Helm's objects knows no fields yet. */
  render(application: Target, signal?: AbortSignal): Promise<Rendered>;
  /** The same with every field's place; the objects are in the same order. */
  trace(application: Target, signal?: AbortSignal): Promise<Rendered>;
  /** The same with the text that `kustomize build` or `helm template` prints; made anew each time. */
  print(application: Target, signal?: AbortSignal): Promise<Rendered>;
}

export interface RenderingOptions {
  /** Serves several states of one repository. */
  cache?: RenderCache;
  charts?: Charts;
  parsed?: RenderContext['parsed'];
  /** True where no other state follows: what is read and not built is kept as it is, without hashes of all files. */
  once?: boolean;
}

/**
 * Renders applications of a repository. A failing render says so in its answer; only an aborted signal
 * throws. Renders are taken from the cache while nothing they depend on changed.
 */
export function createRendering(
  repository: Repository,
  program: RendererProgram,
  {
    cache = new RenderCache(),
    charts = noCharts,
    parsed,
    once: rendersOnce = false,
  }: RenderingOptions = {},
): Rendering {
  let state: Promise<FileState> | undefined;
  const running = new Map<string, Promise<RenderedSource>>();
  const make = async (
    target: Target,
    wanted: Wanted,
    signal?: AbortSignal,
    keep: (rendered: RenderedSource) => void = () => {},
  ) => {
    const { source, origin } = target;
    const renderer = renderers.find(candidate => candidate.canRender(source));
    if (!renderer) return failed(`nothing renders ${source.kind}`, source, origin);
    try {
      const context = { repository, program, charts, parsed, origin, signal, ...wanted };
      const made = withoutSealed(await renderer.render(source, context));
      const rendered = hideSecrets(made, secretValues(source));
      keep(rendered);
      return rendered;
    } catch (error) {
      if (signal?.aborted || UpstreamError.is(error, 'aborted')) throw error;
      const why = failed(`It could not be rendered: ${messageOf(error)}`, source, origin);
      return hideSecrets(why, secretValues(source));
    }
  };
  const run = async (target: Target, trace: boolean, signal?: AbortSignal) => {
    const isTraced = renderers.some(each => each.tracesAlways && each.canRender(target.source));
    const key = `${trace || isTraced} ${JSON.stringify(target.origin)} ${keyOf(target.source)}`;
    if (rendersOnce && isTraced) {
      const made = running.get(key) ?? make(target, { trace: true, text: false }, signal);
      running.set(key, made);
      return made;
    }
    state ??= program.hashes(repository).then(hashes => fileState(repository, hashes));
    const files = await state;
    const known = cache.get(target, trace, files);
    if (known && (await areStillFound(known, charts, repository))) return known;
    const traced = trace || isTraced;
    const same =
      running.get(key) ??
      make(target, { trace: traced, text: false }, signal, rendered =>
        cache.put(target, traced, files, rendered),
      );
    running.set(key, same);
    return same.finally(() => running.delete(key));
  };
  const each = async (
    { source, origin }: Target,
    render: (part: Target) => Promise<RenderedSource>,
  ): Promise<RenderedSource> => {
    if (source.kind !== 'several') return render({ source, origin });
    const parts = source.sources.map(part => render({ source: part, origin }));
    return combine(source, await Promise.all(parts), origin);
  };
  const printed = { trace: false, text: true };
  return {
    render: (application, signal) => each(application, part => run(part, false, signal)),
    trace: (application, signal) => each(application, part => run(part, true, signal)),
    print: (application, signal) => each(application, part => make(part, printed, signal)),
  };
}

type Wanted = Pick<RenderContext, 'trace' | 'text'>;

function failed(message: string, source: RenderSource, origin?: Place): RenderedSource {
  const file = 'path' in source ? source.path : '';
  return { ...emptyRender(), failure: { message, place: origin ?? { file, line: 1, column: 1 } } };
}
