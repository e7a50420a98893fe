import type { HelmSource, ValuesSource } from '../model/environment.ts';
import type { RenderFailure } from '../model/rendered.ts';
import type { Repository } from '../model/repository.ts';
import type { Place } from '../model/source.ts';
import type { RendererAnswer } from '../upstream/renderer.ts';
import { renderedFrom } from './answer.ts';
import { lineWhere } from './locate.ts';
import { emptyRender, type Renderer } from './renderer.ts';

/** A release of a chart, rendered by Helm's own engine as `helm template` does. */
export const helm: Renderer = {
  id: 'helm',
  canRender: source => source.kind === 'helm',
  async render(source, { repository, program, trace, text, origin, signal }) {
    if (source.kind !== 'helm') return emptyRender();
    const request = { ...requestOf(source), trace, text };
    const answer = await program.render('helm', repository, request, signal);
    const chart = below(source.path, 'Chart.yaml');
    const place = { file: chart, line: 1, column: 1 };
    const rendered = await renderedFrom(answer, place, repository);
    if (answer.failure)
      rendered.failure = await helmFailure(answer.failure, source, repository, origin);
    return rendered;
  },
};

function requestOf(source: HelmSource): object {
  const { path, release, namespace, includeCrds, kubeVersion, apiVersions } = source;
  const values = source.values.map(valuesOf);
  return { path, release, namespace, includeCrds, kubeVersion, apiVersions, values };
}

function valuesOf(part: ValuesSource): object {
  if (part.kind === 'file') return { file: part.path, optional: part.optional };
  if (part.kind === 'set') return { set: part.text, as: part.as, place: part.place };
  return { text: JSON.stringify(part.values), place: part.place };
}

async function helmFailure(
  { message, missing }: NonNullable<RendererAnswer['failure']>,
  source: HelmSource,
  repository: Repository,
  origin: Place | undefined,
): Promise<RenderFailure> {
  const chart = below(source.path, 'Chart.yaml');
  if (missing) {
    const line = await lineIn(repository, chart, text => missing.some(name => isName(text, name)));
    const advice = `The chart's ${missing.length === 1 ? 'dependency' : 'dependencies'} ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not in ${below(source.path, 'charts')}: \`driftline fetch\` or \`helm dependency build ${source.path || '.'}\` gets ${missing.length === 1 ? 'it' : 'them'}.`;
    return { message: `${advice} Helm: ${message}`, place: { file: chart, line, column: 1 } };
  }
  const place =
    templatePlace(message, source, repository) ?? (await valuesPlace(message, source, repository));
  const nearest = repository.files.includes(chart) && !isMissing(message) ? undefined : origin;
  return { message, place: place ?? nearest ?? { file: chart, line: 1, column: 1 } };
}

/** A file that the release names and the repository has not. */
function isMissing(message: string): boolean {
  return /^open .*: no such file or directory$/.test(message);
}

function isName(line: string, name: string): boolean {
  return /^\s*-?\s*name:\s*/.test(line) && line.includes(name);
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

function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
