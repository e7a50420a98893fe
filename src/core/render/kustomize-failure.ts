import type { RenderFailure } from '../model/rendered.ts';
import type { Repository } from '../model/repository.ts';
import type { Place } from '../model/source.ts';
import { kustomizationFile } from './kustomization-file.ts';
import { lineWhere } from './locate.ts';

/**
 * Finds the line that fails: kustomize's message names the folders it went through and, last, the file or
 * entry it could not use.
 */
export async function kustomizeFailure(
  text: string,
  folder: string,
  repository: Repository,
): Promise<RenderFailure> {
  const message = explain(text, repository.root);
  const failing = innermostFolder(text, repository.root) ?? folder;
  const file = kustomizationFile(repository, failing);
  const broken = brokenFile(text, failing, repository);
  if (broken) return { message, place: broken };
  return { message, place: { file, line: await lineOf(text, file, repository), column: 1 } };
}

function explain(text: string, root: string): string {
  const [, , visited] =
    /cycle detected: candidate root '([^']+)' contains visited root '([^']+)'/.exec(text) ?? [];
  if (visited !== undefined)
    return `The kustomization in ${visited.slice(root.length + 1) || '.'} includes itself, directly or by way of others: remove the entry on this line. kustomize: ${text}`;
  const remote = /(https?:\/\/[^\s'"\]]+)/.exec(text)?.[1];
  if (/network is not used while rendering|no 'git' program on path/.test(text))
    return `${remote ?? 'A remote base'} is not in the repository and is not downloaded while rendering. kustomize: ${text}`;
  if (/must specify --enable-helm/.test(text))
    return `helmCharts of a kustomization are not rendered: Helm would have to be started. kustomize: ${text}`;
  return text;
}

/** The folder that the deepest recursion went into. */
function innermostFolder(text: string, root: string): string | undefined {
  const paths = [...text.matchAll(/recursed (?:accumulation|merging) of path '([^']+)'/g)];
  const last = paths.at(-1)?.[1];
  if (last === undefined) return undefined;
  if (last === root) return '';
  return last.startsWith(`${root}/`) ? last.slice(root.length + 1) : undefined;
}

/** A manifest that is no YAML: kustomize says the file and the line. */
function brokenFile(text: string, folder: string, repository: Repository): Place | undefined {
  const match = /yaml: (?:line (\d+): )?[^\n]*? in File: ([^\s'"]+)/.exec(text);
  if (!match) return undefined;
  const [, line = '1', name = ''] = match;
  const file = join(folder, name);
  if (!repository.files.includes(file)) return undefined;
  return { file, line: Number(line), column: 1 };
}

/** The line of the kustomization that has the last of the names in the message that it has at all. */
async function lineOf(text: string, file: string, repository: Repository): Promise<number> {
  if (!repository.files.includes(file)) return 1;
  const content = Buffer.from(await repository.read(file)).toString();
  const yamlLine = /(?:invalid Kustomization|error unmarshaling|yaml): .*?line (\d+)/.exec(
    text,
  )?.[1];
  // The entry itself, even when it is only dots (`..`).
  const entry = [...text.matchAll(/accumulating resources from '([^']+)'/g)].at(-1)?.[1];
  const entryLine = lineWhere(
    content,
    line => line.replace(/^\s*-\s*|["']|\s+#.*$/g, '').trim() === entry,
  );
  if (entryLine !== undefined) return entryLine;
  const words = text.split(/[\s'"()[\],]+/).map(word => word.replace(/:$/, ''));
  const names = words
    .filter(word => /[./]/.test(word) && !word.startsWith(repository.root))
    .flatMap(word => [word, word.slice(word.lastIndexOf('/') + 1)])
    .filter(word => /\w{2}/.test(word));
  for (const name of [...names.reverse(), ...otherNames(text)]) {
    const line = lineWhere(content, candidate => mentions(candidate, name));
    if (line !== undefined) return line;
  }
  return Number(yamlLine ?? 1);
}

/** Fields and objects that messages name. */
function otherNames(text: string): string[] {
  const field = /unknown field "?([A-Za-z]+)"?/.exec(text)?.[1];
  const object = /no (?:matches|resource matches|target)[^:]*?(?:Id|name)?[: ]+([\w./-]+)/.exec(
    text,
  )?.[1];
  return [field, object].filter(name => name !== undefined);
}

function mentions(line: string, name: string): boolean {
  const text = line.replace(/(^|\s)#.*$/, '');
  const at = text.indexOf(name);
  return at >= 0 && !/[\w-]/.test(text[at + name.length] ?? '');
}

function join(folder: string, name: string): string {
  const steps: string[] = [];
  for (const step of `${folder}/${name}`.split('/'))
    if (step === '..') steps.pop();
    else if (step !== '.' && step !== '') steps.push(step);
  return steps.join('/');
}
