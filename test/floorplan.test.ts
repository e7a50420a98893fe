import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

// The floor plan of CONTRIBUTING.md: a file imports its own room and rooms of a lower rank, nothing else.
const ranks: Record<string, number> = {
  'core/lib': 0,
  'core/model': 0,
  'core/manifests': 1,
  'core/schemas': 1,
  'core/words': 1,
  'core/links': 1,
  'core/cluster': 1,
  'core/upstream': 1,
  'core/git': 1,
  'core/charts': 2,
  'core/sops': 2,
  'core/environments': 2,
  'core/render': 2,
  'core/validate': 2,
  'core/drift': 2,
  'core/engines': 2,
  'core/forges': 2,
  'core/names': 3,
  'core/workspace.ts': 3,
  'core/actions': 4,
  'core/live': 5,
  terminal: 6,
  lsp: 6,
  editor: 7,
  'cli.ts': 8,
  'server.ts': 8,
  'extension.ts': 8,
};

export interface Import {
  from: string;
  to: string;
}

/** Every way a plan of files and imports breaks the rule of direction. */
export function violations(imports: Import[]): string[] {
  return imports.flatMap(({ from, to }) => {
    const a = roomOf(from);
    const b = roomOf(to);
    if (to === 'vscode') {
      const allowed = from.startsWith('editor/') || from === 'extension.ts';
      return allowed ? [] : [`${from} imports vscode`];
    }
    if (a === undefined) return [`${from} is in no room of the floor plan`];
    if (b === undefined) return [`${from} imports ${to}, which is in no room of the floor plan`];
    if (a === b) return [];
    const model =
      b === 'core/model' && a === 'core/lib' ? ['core/lib must not know the model'] : [];
    if (a === 'core/model' && b === 'core/lib') return [];
    return (ranks[b] ?? 9) < (ranks[a] ?? -1)
      ? model
      : [`${from} (${a}) imports ${to} (${b}) of no lower rank`];
  });
}

/** The first import cycle found, as a chain of files, or undefined. */
export function cycle(imports: Import[]): string[] | undefined {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] | undefined => {
    const seen = path.indexOf(file);
    if (seen >= 0) return [...path.slice(seen), file];
    if (done.has(file)) return undefined;
    done.add(file);
    for (const to of next.get(file) ?? []) {
      const found = visit(to, [...path, file]);
      if (found) return found;
    }
    return undefined;
  };
  for (const file of next.keys()) {
    const found = visit(file, []);
    if (found) return found;
  }
  return undefined;
}

function roomOf(file: string): string | undefined {
  return Object.keys(ranks).find(room => file === room || file.startsWith(`${room}/`));
}

const src = resolve(import.meta.dirname, '../src');
const files = readdirSync(src, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
  .map(entry => join(entry.parentPath, entry.name));

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    match => match[1] as string,
  );
  const from = relative(src, file);
  return specifiers.flatMap(to => {
    if (to === 'vscode') return [{ from, to }];
    // Data, such as the package's own version, belongs to no room.
    if (to.endsWith('.json')) return [];
    return to.startsWith('.') ? [{ from, to: relative(src, resolve(dirname(file), to)) }] : [];
  });
}

describe('the floor plan', () => {
  const imports = files.flatMap(importsOf);

  it('reads the sources', () => {
    expect(files.length).toBeGreaterThan(10);
    expect(imports.length).toBeGreaterThan(10);
  });

  it('has imports that point to lower ranks only, and vscode in the editor only', () => {
    expect(violations(imports)).toEqual([]);
  });

  it('has no import cycle', () => {
    expect(cycle(imports)).toBeUndefined();
  });

  it('has no module-level let', () => {
    const found = files.filter(file => /^(export )?let /m.test(readFileSync(file, 'utf8')));
    expect(found.map(file => relative(src, file))).toEqual([]);
  });

  it('would notice a wrong import, a cycle and vscode in the core', () => {
    expect(violations([{ from: 'core/manifests/a.ts', to: 'core/drift/b.ts' }])).toHaveLength(1);
    expect(violations([{ from: 'core/render/a.ts', to: 'core/drift/b.ts' }])).toHaveLength(1);
    expect(violations([{ from: 'core/drift/a.ts', to: 'vscode' }])).toHaveLength(1);
    expect(violations([{ from: 'extension.ts', to: 'vscode' }])).toHaveLength(0);
    expect(
      cycle([
        { from: 'a', to: 'b' },
        { from: 'b', to: 'a' },
      ]),
    ).toEqual(['a', 'b', 'a']);
  });
});
