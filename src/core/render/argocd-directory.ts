import { positionAt } from '../manifests/locate.ts';
import { parseManifests } from '../manifests/parse.ts';
import type { ManifestDocument, ParsedFile } from '../manifests/syntax.ts';
import { filesOf, foldersOf, objectOf } from './plain.ts';
import { emptyRender, type RenderedSource, type Renderer } from './renderer.ts';

/** What a file says so that Argo CD passes over it. */
const skipMarker = '+argocd:skip-file-rendering';

/**
 * A folder of manifests as Argo CD reads it (argo-cd v3.5.7, reposerver/repository, findManifests): a file that
 * looks like a manifest and is broken fails all of it; other YAML is passed over.
 */
export const argocdDirectory: Renderer = {
  id: 'argocd-directory',
  canRender: source => source.kind === 'plain' && source.argocd === true,
  async render(source, { repository }) {
    const rendered = emptyRender();
    if (source.kind !== 'plain') return rendered;
    rendered.listed.push(...foldersOf(source, repository.files));
    for (const file of filesOf(source, repository.files, /\.(yaml|yml|json|jsonnet)$/)) {
      rendered.reads.push(file);
      const text = Buffer.from(await repository.read(file)).toString();
      if (text.includes(skipMarker)) continue;
      if (file.endsWith('.jsonnet')) {
        const reason = 'what Jsonnet makes of it is not rendered here';
        rendered.notChecked.push({ reason, place: { file, line: 1, column: 1 } });
      } else addFile(rendered, file, text);
    }
    if (rendered.failure) rendered.objects = [];
    return rendered;
  },
};

function addFile(rendered: RenderedSource, file: string, text: string): void {
  const parsed = parseManifests(text);
  const defect = defectOf(parsed, file.endsWith('.json'));
  const whole = defect?.document ?? Number.POSITIVE_INFINITY;
  const documents = parsed.documents.filter(
    ({ index }) => index < whole && !isEmpty(parsed, index),
  );
  if (defect && (documents.length > 0 || looksLikeManifest(text) || file.endsWith('.json')))
    rendered.failure ??= {
      message: `Argo CD cannot read ${file}: ${defect.message}`,
      place: { file, line: defect.line, column: defect.column },
    };
  for (const document of documents) {
    const object = objectOf(file, parsed, document);
    if (object) rendered.objects.push(object);
    else if (document.root && !isList(document))
      rendered.notChecked.push({
        reason: 'it has no apiVersion or metadata.name, and Argo CD takes it for an object',
        place: { file, ...positionAt(parsed, document.root.start) },
      });
  }
}

interface Defect {
  message: string;
  document: number;
  line: number;
  column: number;
}

/** The first document that is none for Argo CD: broken, no map, or without a kind. */
function defectOf(parsed: ParsedFile, json: boolean): Defect | undefined {
  const found: Defect[] = parsed.problems
    .filter(({ rule }) => rule === 'yaml-syntax')
    .map(({ message, document, line, column }) => ({ message, document, line, column }));
  for (const document of parsed.documents) {
    const { root, index } = document;
    if (!root || document.within.length > 0 || isEmpty(parsed, index)) continue;
    const place = { document: index, ...positionAt(parsed, root.start) };
    if (root.kind !== 'map') found.push({ ...place, message: 'it is no object.' });
    else if (!kindOf(document)) found.push({ ...place, message: 'it has no kind.' });
    else if (json && index > 0)
      found.push({ ...place, message: 'a JSON file may hold one object only.' });
  }
  return found.sort((a, b) => a.document - b.document)[0];
}

/** `null`, or nothing at all. */
function isEmpty({ documents }: ParsedFile, index: number): boolean {
  return documents.some(
    ({ root, index: own }) =>
      own === index && (!root || (root.kind === 'scalar' && root.value === null)),
  );
}

function kindOf({ root }: ManifestDocument): string | undefined {
  const node =
    root?.kind === 'map' ? root.entries.find(({ key }) => key === 'kind')?.node : undefined;
  return node?.kind === 'scalar' && typeof node.value === 'string' && node.value !== ''
    ? node.value
    : undefined;
}

/** A list of nothing: its items would be documents of their own. */
function isList(document: ManifestDocument): boolean {
  return kindOf(document)?.endsWith('List') === true;
}

function looksLikeManifest(text: string): boolean {
  return ['apiVersion:', 'kind:', 'metadata:'].every(word => text.includes(word));
}
