import type { HelmSource } from '../model/environment.ts';
import type { RenderFailure } from '../model/rendered.ts';
import type { Repository } from '../model/repository.ts';
import type { Place } from '../model/source.ts';
import { isNamed } from './charts.ts';
import { lineWhere } from './locate.ts';
import type { RenderContext } from './renderer.ts';

/**
 * Helm's error text at the line that it is about, as near as that is known. `missing` are dependencies that the
 * chart's folder has not, and `why` is what the last place where they could be says.
 */
export async function helmFailure(
  { message, missing }: { message: string; missing?: string[] },
  source: HelmSource,
  { repository, origin }: Pick<RenderContext, 'repository' | 'origin'>,
  why: string | undefined,
): Promise<RenderFailure> {
  const chart = below(source.path, 'Chart.yaml');
  if (missing) {
    const line = await lineIn(repository, chart, text => missing.some(name => isNamed(text, name)));
    const [noun, verb] = missing.length === 1 ? ['dependency', 'is'] : ['dependencies', 'are'];
    const what = `The chart's ${noun} ${missing.join(', ')} ${verb} not in ${below(source.path, 'charts')}`;
    const place = repository.files.includes(chart) ? { file: chart, line, column: 1 } : origin;
    return {
      message: `${what}${why ? `, and ${why}` : ''}. Helm: ${message}`,
      place: place ?? { file: chart, line, column: 1 },
    };
  }
  const place =
    templatePlace(message, source, repository) ?? (await valuesPlace(message, source, repository));
  const nearest = repository.files.includes(chart) && !isMissing(message) ? undefined : origin;
  return {
    message: readable(message),
    place: place ?? nearest ?? { file: chart, line: 1, column: 1 },
  };
}

/** Templates that call each other are all named in Helm's text, up to a thousand deep: the outermost and the end. */
function readable(message: string): string {
  const longest = 2_000;
  if (message.length <= longest) return message;
  return `${message.slice(0, longest / 4)} … ${message.slice(-longest / 4)}`;
}

/** A file that the release names and the repository has not. */
function isMissing(message: string): boolean {
  return /^open .*: no such file or directory$/.test(message);
}

/** Helm names templates by the chart's name (`web/templates/a.yaml:12:3`); the innermost stands last. */
function templatePlace(
  message: string,
  { path }: HelmSource,
  repository: Repository,
): Place | undefined {
  const pattern =
    /(?<![\w/.-])[\w.-]+\/((?:templates|charts|crds)\/[\w./-]+?)(?::(\d+))?(?::(\d+))?(?=[:)\s]|$)/g;
  for (const [, name = '', line = '1', column = '0'] of [...message.matchAll(pattern)].reverse()) {
    const file = below(path, name);
    // Helm counts columns from 0.
    if (repository.files.includes(file))
      return { file, line: Number(line), column: Number(column) + 1 };
  }
  return undefined;
}

async function valuesPlace(
  message: string,
  source: HelmSource,
  repository: Repository,
): Promise<Place | undefined> {
  const named = source.values.flatMap(part => (part.kind === 'file' ? [part.path] : []));
  const mentioned = named.find(file => message.includes(file));
  if (mentioned !== undefined) {
    const line = /line (\d+)/.exec(message)?.[1] ?? '1';
    return { file: mentioned, line: Number(line), column: 1 };
  }
  if (
    !message.includes('values.schema.json') &&
    !/meet the specifications of the schema/.test(message)
  )
    return undefined;
  const key = /at '\/?([^'/]*)/.exec(message)?.[1] ?? '';
  for (const file of [...named.reverse(), below(source.path, 'values.yaml')]) {
    if (!repository.files.includes(file)) continue;
    const line = await lineIn(repository, file, text => key !== '' && text.startsWith(`${key}:`));
    if (line > 1) return { file, line, column: 1 };
  }
  return undefined;
}

async function lineIn(
  repository: Repository,
  file: string,
  test: (line: string) => boolean,
): Promise<number> {
  if (!repository.files.includes(file)) return 1;
  return lineWhere(Buffer.from(await repository.read(file)).toString(), test) ?? 1;
}

/** A path below a folder, which may be the root. */
export function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
