import { matchesGlob } from '../../core/environments/globs.ts';
import type { Settings } from '../protocol.ts';
import type { OpenFile } from '../session/session.ts';

/** False where another extension completes and explains the file by a schema of its own: said twice is a nuisance. */
export function schemasAreWanted(
  { document, file }: Pick<OpenFile, 'document' | 'file'>,
  { completion, schemasElsewhere }: Pick<Settings, 'completion' | 'schemasElsewhere'>,
): boolean {
  if (completion !== 'auto') return completion === 'all';
  if (!schemasElsewhere) return true;
  const { patterns } = schemasElsewhere;
  if (hasModeline(document.getText())) return false;
  return !patterns.some(pattern => matchesPattern(pattern, file));
}

/** `# yaml-language-server: $schema=…` */
function hasModeline(text: string): boolean {
  return /^\s*#\s*yaml-language-server\s*:.*\$schema=/m.test(text);
}

/** As the YAML extension reads its settings: a pattern may begin anywhere in the path. */
function matchesPattern(pattern: string, file: string): boolean {
  const anywhere = pattern.replace(/^\/|^\.\//, '');
  if (pattern === '*' || pattern === '**') return true;
  const alternatives = expanded(anywhere);
  return alternatives.some(each => matchesGlob(each, file) || matchesGlob(`**/${each}`, file));
}

/** `*.{yaml,yml}`. */
function expanded(pattern: string): string[] {
  const found = /\{([^{}]*)\}/.exec(pattern);
  if (!found) return [pattern];
  return (found[1] ?? '')
    .split(',')
    .flatMap(each =>
      expanded(pattern.slice(0, found.index) + each + pattern.slice(found.index + found[0].length)),
    );
}
