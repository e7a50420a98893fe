import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import strings from '../package.nls.json' with { type: 'json' };

// package.json and the code name the same things; each is checked against the other.

const root = resolve(import.meta.dirname, '..');
const { contributes } = manifest;

const sources = ['src/extension.ts', ...typescript('src/editor')].map(file => ({
  file,
  text: readFileSync(join(root, file), 'utf8'),
}));
const code = sources.map(({ text }) => text).join('\n');
const declared = JSON.stringify(contributes);

describe('commands', () => {
  const commands = contributes.commands.map(({ command }) => command).sort();

  it('are declared once each, registered, and named by the type that menus of the code use', () => {
    const registered = matches(/^ {2}id: '(driftline\.\w+)'/gm, code);
    const listed = matches(/^ {2}\| '(driftline\.\w+)'/gm, read('src/editor/names.ts'));
    expect(unique(commands)).toEqual(commands);
    expect(registered).toEqual(commands);
    expect(listed).toEqual(commands);
  });

  it('are all in the list that registers them', () => {
    const exported = matches(/^export const (\w+): Command = \{/gm, code);
    const list = read('src/editor/commands/index.ts').split('readonly Command[] = [')[1] ?? '';
    expect(matches(/^ {2}(\w+),$/gm, list)).toEqual(exported);
  });

  it('that are linked or called exist, or are the editor’s own', () => {
    const called = matches(/command:([\w.]+)/g, JSON.stringify(strings)).concat(
      matches(/'(driftline\.\w+(?:\.\w+)?)'/g, code).filter(name => !isOtherName(name)),
    );
    const ours = called.filter(name => name.startsWith('driftline.'));
    const known = [...commands, `${viewIds()[0]}.focus`];
    expect(ours.filter(name => !known.includes(name))).toEqual([]);
    expect(called.filter(name => !name.startsWith('driftline.')).every(isBuiltIn)).toBe(true);
  });

  it('have the category, a title verb first, and a palette rule or none needed', () => {
    for (const { category, title } of contributes.commands) {
      expect(category).toBe('%category%');
      expect(said(title)).toMatch(/^[A-Z][a-z]+(?: [A-Za-z]+)*[…?]?$/);
    }
  });

  it('in menus are declared, and inline there are at most two for one line', () => {
    const entries = Object.values(contributes.menus).flat();
    expect(entries.filter(({ command }) => !commands.includes(command))).toEqual([]);
    const inline = contributes.menus['view/item/context'].filter(({ group }) =>
      group.startsWith('inline'),
    );
    for (const kind of ['environment clusterless', 'application sync', 'object drifted']) {
      const shown = inline.filter(({ when }) => matchesCapabilities(when, kind));
      expect(shown.length, kind).toBeGreaterThan(0);
      expect(shown.length, kind).toBeLessThanOrEqual(2);
    }
  });

  it('that write are disabled and refused in a folder that is not trusted', () => {
    const acting = sources
      .filter(({ text }) => text.includes('acts: true'))
      .flatMap(({ text }) =>
        [...text.matchAll(/id: '(driftline\.\w+)',\n {2}acts: true/g)].map(([, id]) => id),
      );
    const disabled = contributes.commands
      .filter(({ enablement }) => enablement?.includes('isWorkspaceTrusted'))
      .filter(({ enablement }) => !enablement?.includes('!isWorkspaceTrusted'))
      .map(({ command }) => command);
    expect(acting.sort()).toEqual(disabled.sort());
    expect(acting).toContain('driftline.sync');
  });
});

describe('settings', () => {
  const properties = Object.entries(contributes.configuration.properties);

  it('are declared and read, both ways', () => {
    const reader = read('src/editor/settings.ts');
    const used = matches(/\.get<[^']*>\(\s*'([\w.]+)'/g, reader).map(name => `driftline.${name}`);
    expect(used).toEqual(properties.map(([name]) => name).sort());
  });

  it('have a default, a scope and a description', () => {
    for (const [name, property] of properties) {
      expect(property, name).toHaveProperty('default');
      expect(['window', 'resource', 'machine-overridable', 'machine']).toContain(property.scope);
      const text = 'description' in property ? property.description : property.markdownDescription;
      expect(said(text as string), name).toMatch(/\.$/);
    }
  });

  it('that could lead somewhere else are not taken from a folder that is not trusted', () => {
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    const leading = properties.filter(([, { scope }]) => scope === 'machine-overridable');
    expect(restricted).toEqual(leading.map(([name]) => name));
  });
});

describe('views and context keys', () => {
  it('have views that the code fills', () => {
    expect(read('src/editor/names.ts')).toContain(`viewId = '${viewIds()[0]}'`);
    expect(viewIds()).toHaveLength(1);
    expect(contributes.viewsContainers.activitybar.map(({ id }) => id)).toEqual(
      Object.keys(contributes.views),
    );
  });

  it('use only context keys that are set, and set only those that are used', () => {
    const used = unique(whenClauses().flatMap(clause => keysOf(clause))).filter(
      key => !builtInKeys.includes(key),
    );
    const set = matches(/^ {2}'(driftline\.\w+)':/gm, read('src/editor/names.ts'));
    expect(used.sort()).toEqual(set);
    for (const key of set) expect(code).toContain(`new ContextKey('${key}')`);
  });

  it('have a welcome for each phase but the one with a tree', () => {
    const phases = matches(/^ {2}\| '([\w-]+)'/gm, read('src/editor/environments/phase.ts'));
    const welcomes = contributes.viewsWelcome.map(({ when }) => when.split(' == ')[1]);
    expect(welcomes.concat('ready').sort()).toEqual(phases);
    const compared = whenClauses().flatMap(clause =>
      matches(/driftline\.phase (?:==|!=) ([\w-]+)/g, clause).concat(
        matches(/driftline\.phase =~ \/\^\(([\w|-]+)\)\$\//g, clause).flatMap(group =>
          group.split('|'),
        ),
      ),
    );
    expect(unique(compared).filter(phase => !phases.includes(phase))).toEqual([]);
  });

  it('match only capabilities that lines of the view have', () => {
    const wanted = whenClauses()
      .filter(clause => clause.includes('viewItem'))
      .flatMap(clause => matches(/\\b\(?([\w|]+)\)?\\b/g, clause))
      .flatMap(words => words.split('|'));
    const given = matches(/'(\w+)'/g, read('src/editor/environments/describe.ts'));
    const [verbs] = /EngineVerb = .*;/.exec(read('src/core/engines/engine.ts')) ?? [''];
    const known = [...given, ...matches(/'(\w+)'/g, verbs)];
    expect(unique(wanted).filter(word => !known.includes(word))).toEqual([]);
  });
});

describe('texts, pictures and events', () => {
  it('are in package.nls.json, and nothing else is there', () => {
    const used = matches(/"%([\w.-]+)%"/g, JSON.stringify(manifest));
    expect(unique(used)).toEqual(Object.keys(strings).sort());
    expect(Object.values(strings).filter(text => text.trim() === '')).toEqual([]);
  });

  it('leave no text for people outside package.nls.json', () => {
    const fields =
      /"(?:title|name|contents|description|markdownDescription|altText)":"(?!%)([^"]+)"/g;
    expect(matches(fields, declared)).toEqual(['Driftline']);
  });

  it('have pictures that exist, and codicons only beside them', () => {
    const files = matches(/"(?:icon|svg)":"(?!\$\()([^"]+)"/g, declared).concat(manifest.icon);
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter(file => !existsSync(join(root, file)))).toEqual([]);
    const gutter = readdirSync(join(root, 'media/gutter')).sort();
    expect(gutter).toEqual(
      ['differs', 'missing'].flatMap(shape => [`${shape}-dark.svg`, `${shape}-light.svg`]),
    );
  });

  it('draw the walkthrough with the theme’s colours', () => {
    const [walkthrough] = contributes.walkthroughs;
    expect(walkthrough?.steps).toHaveLength(4);
    for (const { media } of walkthrough?.steps ?? []) {
      const picture = read(media.svg);
      expect(picture).toContain('var(--vscode-');
      expect(matches(/(?:fill|stroke)="(#[^"]+)"/g, picture)).toEqual([]);
    }
    const events = walkthrough?.steps.flatMap(step => step.completionEvents) ?? [];
    const known = [...contributes.commands.map(({ command }) => command), ...viewIds()];
    expect(events.filter(event => !known.includes(event.split(':')[1] ?? ''))).toEqual([]);
  });

  it('wake the extension in GitOps repositories only', () => {
    const events = manifest.activationEvents;
    expect(events.every(event => event.startsWith('workspaceContains:'))).toBe(true);
    expect(events).not.toContain('workspaceContains:**/*.yaml');
  });

  it('hold driftline.yaml to its schema where the YAML extension is there', () => {
    const [validation] = contributes.yamlValidation;
    expect(existsSync(join(root, validation?.url ?? ''))).toBe(true);
  });
});

/** Context keys of VS Code itself. */
const builtInKeys = [
  'view',
  'viewItem',
  'isWorkspaceTrusted',
  'virtualWorkspace',
  'resourceExtname',
  'resourceScheme',
];

function isBuiltIn(command: string): boolean {
  return ['vscode.openFolder', 'git.clone'].includes(command);
}

/** Names in the code that look like commands and are none. */
function isOtherName(name: string): boolean {
  const others = ['driftline.environments', 'driftline.status', 'driftline.driftline'];
  const keys = matches(/^ {2}'(driftline\.\w+)':/gm, read('src/editor/names.ts'));
  return (
    others.includes(name) || keys.includes(name) || name in contributes.configuration.properties
  );
}

function whenClauses(): string[] {
  return matches(/"(?:when|enablement)":"((?:[^"\\]|\\.)*)"/g, declared).map(
    text => JSON.parse(`"${text}"`) as string,
  );
}

/** Keys of a clause: its words outside of values and regular expressions. */
function keysOf(clause: string): string[] {
  const bare = clause.replace(/=~ \/.*?\/(?= |$)/g, '').replace(/[!=]= [\w.-]+/g, '');
  return matches(/([a-zA-Z][\w.]*)/g, bare);
}

/** As the editor evaluates `viewItem =~ /…/` in a clause of conjunctions. */
function matchesCapabilities(when: string, capabilities: string): boolean {
  const wanted = [...when.matchAll(/viewItem =~ \/(.*?)\/(?= |$)/g)].map(([, text]) => text ?? '');
  return wanted.every(text => new RegExp(text).test(capabilities));
}

function viewIds(): string[] {
  return Object.values(contributes.views).flatMap(views => views.map(({ id }) => id));
}

function said(reference: string): string {
  return strings[reference.slice(1, -1) as keyof typeof strings];
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function typescript(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1));
}

function matches(pattern: RegExp, text: string): string[] {
  return [...text.matchAll(pattern)].map(([, found]) => found as string).sort();
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

describe('grammars', () => {
  it('are the files of their folder, each with its scope', () => {
    const files = readdirSync(join(root, 'syntaxes')).map(name => `./syntaxes/${name}`);
    expect(contributes.grammars.map(({ path }) => path).sort()).toEqual(files.sort());
    for (const { path, scopeName } of contributes.grammars)
      expect(JSON.parse(read(path)).scopeName).toBe(scopeName);
  });
});
