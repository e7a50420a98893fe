import { messageOf } from '../lib/errors.ts';
import type { Application, RenderSource } from '../model/environment.ts';
import type { Rendered } from '../model/rendered.ts';
import type { Repository } from '../model/repository.ts';
import type { Place } from '../model/source.ts';
import { UpstreamError } from '../upstream/error.ts';
import type { RendererProgram } from '../upstream/renderer.ts';
import { type FileState, fileState, RenderCache } from './cache.ts';
import { renderers } from './index.ts';
import { emptyRender, type RenderedSource } from './renderer.ts';

/** Renders one state of a repository. */
export interface Rendering {
  /** What an application deploys. `locate` of kustomize's and Helm's objects knows no fields yet. */
  render(application: Target, signal?: AbortSignal): Promise<Rendered>;
  /** The same with every field's place; the objects are in the same order. */
  trace(application: Target, signal?: AbortSignal): Promise<Rendered>;
}

/** As much of an application as rendering needs; `origin` is where to point when nothing nearer is known. */
export type Target = Pick<Application, 'source'> & Partial<Pick<Application, 'origin'>>;

/**
 * Renders applications of a repository. A failing render says so in its answer; only an aborted signal
 * throws. Renders are taken from the cache while nothing they depend on changed.
 */
export function createRendering(
  repository: Repository,
  program: RendererProgram,
  cache = new RenderCache(),
): Rendering {
  let state: Promise<FileState> | undefined;
  const run = async ({ source, origin }: Target, trace: boolean, signal?: AbortSignal) => {
    state ??= program.hashes(repository).then(hashes => fileState(repository, hashes));
    const files = await state;
    const known = cache.get({ source, origin }, trace, files);
    if (known) return known;
    const renderer = renderers.find(candidate => candidate.canRender(source));
    if (!renderer) return failed(`nothing renders ${source.kind}`, source, origin);
    try {
      const rendered = await renderer.render(source, {
        repository,
        program,
        trace,
        origin,
        signal,
      });
      cache.put({ source, origin }, trace, files, rendered);
      return rendered;
    } catch (error) {
      if (signal?.aborted || UpstreamError.is(error, 'aborted')) throw error;
      return failed(`It could not be rendered: ${messageOf(error)}`, source, origin);
    }
  };
  return {
    render: (application, signal) => run(application, false, signal),
    trace: (application, signal) => run(application, true, signal),
  };
}

function failed(message: string, source: RenderSource, origin?: Place): RenderedSource {
  const file = 'path' in source ? source.path : '';
  return { ...emptyRender(), failure: { message, place: origin ?? { file, line: 1, column: 1 } } };
}
