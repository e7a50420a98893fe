import { resolveReference } from '../../manifests/paths.ts';
import type { MissingPath } from '../../model/environment.ts';
import { textAt, textsAt, valueAt } from '../../model/fields.ts';
import type { DiscoveryContext } from '../context.ts';
import type { Substituted } from './build-environment.ts';
import { pathGlob } from './path-glob.ts';
import type { ArgoSource } from './source.ts';

export interface FileLookup {
  context: DiscoveryContext;
  source: ArgoSource;
  /** The chart's folder; undefined for a chart that is not in the repository. */
  folder: string | undefined;
  /** All sources of the Application: files may be of another one's `ref`. */
  siblings: readonly ArgoSource[];
  substitute(text: string): Substituted;
}

/**
 * The values files of a source in their order, each once (argo-cd v3.5.7, getResolvedValueFiles): a pattern
 * stands for all it matches but those that are named themselves. Paths are from the root.
 */
export function valueFiles(
  lookup: FileLookup,
): string[] | { reason: string; missing?: MissingPath } {
  const { context, source } = lookup;
  const optional = valueAt(source.value, 'helm', 'ignoreMissingValueFiles') === true;
  const found: { written: string; path: string; at: number }[] = [];
  for (const [at, written] of textsAt(source.value, 'helm', 'valueFiles').entries()) {
    const file = filePath(lookup, written);
    if ('reason' in file) return { reason: `its values file ${written} ${file.reason}` };
    found.push({ written, path: file.path, at });
  }
  const named = new Set(found.map(({ path }) => path));
  const files = new Set<string>();
  for (const { written, path, at } of found) {
    const place = source.locate(['helm', 'valueFiles', at]);
    const reason = `its values file ${written} is not in the repository`;
    // A variable at its beginning: what a single source takes for one may be meant as another source's ref.
    const missing =
      written.startsWith('$') && lookup.siblings.length < 2
        ? { reason }
        : { reason, missing: { kind: 'file' as const, written, path, place } };
    if (!isPattern(path)) {
      if (context.index.file(path)) files.add(path);
      else if (!optional) return missing;
      continue;
    }
    const matches = pathGlob(path);
    const matching = context.index.files().filter(file => matches(file.path));
    if (matching.length === 0 && !optional) return missing;
    for (const file of matching) if (!named.has(file.path)) files.add(file.path);
  }
  return [...files];
}

/**
 * `$ref/…` is from the root of the source of that name, `/…` from the repository's, others from the chart.
 * `reason` goes on after the name of the file.
 */
export function filePath(
  { context, source, folder, siblings, substitute }: FileLookup,
  written: string,
): { path: string } | { reason: string } {
  const outside = { reason: 'is not in the repository' };
  const [, name = '', rest = ''] = /^\$([^/]+)(.*)$/s.exec(written) ?? [];
  const referenced = siblings.find(({ value }) => name !== '' && textAt(value, 'ref') === name);
  if (referenced && !isHere(context, referenced)) return outside;
  if (!referenced && name !== '' && siblings.length > 1)
    return { reason: `names $${name}, which is the ref of no source` };
  const filled = substitute(referenced ? rest : written);
  if ('reason' in filled) return { reason: `is not known: ${filled.reason}` };
  if (/^[a-z][a-z0-9+.-]*:/i.test(filled.text)) return { reason: 'is not read from the network' };
  const fromRoot = referenced !== undefined || filled.text.startsWith('/');
  if (!fromRoot && folder === undefined)
    return { reason: 'is one of the chart, which is not in the repository' };
  if (!fromRoot || referenced || isHere(context, source)) {
    const path = resolveReference(fromRoot ? '' : (folder ?? ''), `./${filled.text}`);
    return path === undefined ? outside : { path };
  }
  return outside;
}

function isHere(context: DiscoveryContext, { value }: ArgoSource): boolean {
  return (
    context.isThisRepository(textAt(value, 'repoURL') ?? '') &&
    context.isThisRevision(textAt(value, 'targetRevision'))
  );
}

function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}
