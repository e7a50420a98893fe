import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readYaml } from '../cluster/yaml.ts';
import type { ChartReference } from '../model/environment.ts';
import { objectsAt, textAt } from '../model/fields.ts';
import { isObject, type Json } from '../model/resource.ts';
import type { HelmSettings } from './helm-settings.ts';
import { archiveName, isFileName, isFullVersion, sameAddress } from './names.ts';
import { sha256 } from './store.ts';

/** What the person's own Helm keeps: repositories, their indexes, archives. */
export class HelmCache {
  readonly #settings: HelmSettings;
  /** Digests that were read from an index, by the index's state and what was asked. */
  readonly #digests = new Map<string, string | undefined>();

  constructor(settings: HelmSettings) {
    this.#settings = settings;
  }

  /**
   * The archive of one version, in full, of an HTTP repository that Helm knows. The names of Helm's files do not
   * say which repository they come from: only what has the digest of that repository's index is taken.
   */
  async find(
    reference: ChartReference,
  ): Promise<{ digest: string; content: Uint8Array } | undefined> {
    const { url, name, version } = reference;
    if (!/^https?:/.test(url) || !isFullVersion(version)) return undefined;
    if (!isFileName(name) || !isFileName(version)) return undefined;
    const digest = await this.#digest(reference);
    if (digest === undefined) return undefined;
    const { repositoryCache, contentCache } = this.#settings;
    for (const file of [
      join(repositoryCache, archiveName(reference, version)),
      join(contentCache, digest.slice(0, 2), `${digest}.chart`),
    ]) {
      const content = await readFile(file).catch(() => undefined);
      if (content && sha256(content) === digest) return { digest, content };
    }
    return undefined;
  }

  /** The address of the repository that the person calls so, as `@name` in a chart's dependencies. */
  async address(name: string): Promise<string | undefined> {
    return (await this.#repositories()).find(each => each.name === name)?.url;
  }

  async #digest({ url, name, version }: ChartReference): Promise<string | undefined> {
    const known = (await this.#repositories()).find(each => sameAddress(each.url, url));
    if (!known || !isFileName(known.name)) return undefined;
    const file = join(this.#settings.repositoryCache, `${known.name}-index.yaml`);
    const state = await stat(file).catch(() => undefined);
    if (!state?.isFile()) return undefined;
    const key = JSON.stringify([file, state.mtimeMs, state.size, name, version]);
    if (!this.#digests.has(key))
      this.#digests.set(key, digestIn(await readFile(file, 'utf8'), name, version));
    return this.#digests.get(key);
  }

  async #repositories(): Promise<{ name: string; url: string }[]> {
    const text = await readFile(this.#settings.repositoryConfig, 'utf8').catch(() => '');
    return objectsAt(parse(text), 'repositories').flatMap(entry => {
      const [name, url] = [textAt(entry, 'name'), textAt(entry, 'url')];
      return name === undefined || url === undefined ? [] : [{ name, url }];
    });
  }
}

/** The SHA-256 that an index gives for a version; undefined where it gives none. */
export function digestIn(index: string, name: string, version: string): string | undefined {
  const entries = versionsIn(index, name);
  const entry = entries.find(each => isObject(each) && each.version === version);
  const digest = textAt(entry, 'digest')?.replace(/^sha256:/, '');
  return digest !== undefined && /^[0-9a-f]{64}$/.test(digest) ? digest : undefined;
}

/** An index has tens of megabytes: only the part of the chart that is asked for is read as YAML. */
function versionsIn(index: string, name: string): Json[] {
  if (/^\s*\{/.test(index)) return objectsAt(parse(index), 'entries', name);
  const lines = index.split('\n');
  const at = lines.findIndex(line => /^(entries|"entries"):\s*$/.test(line));
  const titles = [`${name}:`, `"${name}":`, `'${name}':`];
  const start = lines.findIndex((line, number) => number > at && titles.includes(line.trim()));
  const first = lines[start];
  if (at < 0 || first === undefined) return [];
  const indent = first.length - first.trimStart().length;
  const end = lines.findIndex((line, number) => number > start && isOutside(line, indent));
  const part = lines.slice(start + 1, end < 0 ? undefined : end).join('\n');
  return objectsAt({ versions: parse(part) ?? null }, 'versions');
}

/** A list may stand at the indentation of the key that holds it. */
function isOutside(line: string, indent: number): boolean {
  const text = line.trimStart();
  if (text === '' || text.startsWith('#')) return false;
  const own = line.length - text.length;
  return own < indent || (own === indent && !text.startsWith('-'));
}

function parse(text: string): Json | undefined {
  try {
    return readYaml(text)[0];
  } catch {
    return undefined;
  }
}
