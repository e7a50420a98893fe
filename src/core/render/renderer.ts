import type { ParsedFile } from '../manifests/syntax.ts';
import type { Charts } from '../model/chart.ts';
import type { ChartReference, RenderSource } from '../model/environment.ts';
import type { Rendered } from '../model/rendered.ts';
import type { Repository } from '../model/repository.ts';
import type { Place } from '../model/source.ts';
import type { RendererProgram } from '../upstream/renderer.ts';

/** Makes objects of one kind of source. */
export interface Renderer {
  readonly id: string;
  canRender(source: RenderSource): boolean;
  /** Knows each field's place without being asked to. */
  readonly tracesAlways?: boolean;
  /**
   * Only for sources that it can render. What is wrong with the repository's files is in the answer; throws
   * where the signal aborts or the renderer program is not there.
   */
  render(source: RenderSource, context: RenderContext): Promise<RenderedSource>;
}

/** As much of an application as rendering needs; `origin` is where to point when nothing nearer is known. */
export interface Target {
  source: RenderSource;
  origin?: Place;
}

export interface RenderContext {
  repository: Repository;
  program: RendererProgram;
  /** Finds charts that are not in the repository. */
  charts: Charts;
  /** A file as it was parsed before, where somebody did. */
  parsed?(file: string, text: string): ParsedFile | undefined;
  /** Whether `locate` shall know each field's place, which takes longer. */
  trace: boolean;
  /** Whether the text that the tool prints is wanted too. */
  text: boolean;
  /** Where the application is declared. */
  origin?: Place;
  signal?: AbortSignal;
}

/** A render with everything it depends on besides the files it read. */
export interface RenderedSource extends Rendered {
  /** Paths that do not exist and would change the render if they did. */
  absent: string[];
  /** Folders whose list of names was read. */
  listed: string[];
  /** Charts of elsewhere that were looked for, and what was found then (`identityOf`). */
  charts?: { reference: ChartReference; found: string }[];
}

/** A render of nothing. */
export function emptyRender(): RenderedSource {
  return { objects: [], text: '', reads: [], absent: [], listed: [], notChecked: [] };
}
