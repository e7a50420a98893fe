import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';
import manifest from '../../package.json' with { type: 'json' };

// The grammars as VS Code puts them into YAML, on texts of ours. `vitest -u` rewrites the goldens.
const root = resolve(import.meta.dirname, '../..');
const fixtures = join(import.meta.dirname, 'fixtures');
const { grammars } = manifest.contributes;

let grammar: textmate.IGrammar;

beforeAll(async () => {
  const wasm = createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm');
  await oniguruma.loadWASM(readFileSync(wasm));
  const paths = new Map(grammars.map(({ scopeName, path }) => [scopeName, join(root, path)]));
  paths.set('source.yaml', join(fixtures, 'yaml.tmLanguage.json'));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: patterns => new oniguruma.OnigScanner(patterns),
      createOnigString: text => new oniguruma.OnigString(text),
    }),
    loadGrammar: async scope => {
      const path = paths.get(scope);
      return path === undefined ? null : textmate.parseRawGrammar(readFileSync(path, 'utf8'), path);
    },
    getInjections: scope =>
      grammars.filter(({ injectTo }) => injectTo.includes(scope)).map(({ scopeName }) => scopeName),
  });
  const loaded = await registry.loadGrammar('source.yaml');
  if (!loaded) throw new Error('no grammar');
  grammar = loaded;
});

/** Each line, and below it each word of ours with its scopes. */
function tokens(text: string): string {
  let state = textmate.INITIAL;
  return text
    .split('\n')
    .flatMap(line => {
      const { tokens: found, ruleStack } = grammar.tokenizeLine(line, state);
      state = ruleStack;
      const ours = found
        .filter(({ scopes }) => scopes.some(scope => scope.endsWith('.driftline')))
        .map(({ startIndex, endIndex, scopes }) => {
          const named = scopes.slice(1).map(scope => scope.replace(/\.driftline$/, ''));
          return `    ${JSON.stringify(line.slice(startIndex, endIndex))} ${named.join(' ')}`;
        });
      return [line, ...ours];
    })
    .join('\n');
}

describe('the grammars', () => {
  it.each(['flux', 'helm', 'sops'])('mark what is in %s.yaml', async name => {
    const text = readFileSync(join(fixtures, `${name}.yaml`), 'utf8');
    await expect(tokens(text)).toMatchFileSnapshot(
      join(import.meta.dirname, 'goldens', `${name}.txt`),
    );
  });

  it('leave other YAML alone', () => {
    const text = `a: 1 # {{ .Values.x }} \${X}\nb: {c: {d: e}}\nf: $HOME \${{ x }}\n- g\n`;
    expect(tokens(text)).toBe(text);
  });

  it('go into YAML only, not into the grammars of Helm extensions', () => {
    for (const { injectTo, path } of grammars) {
      expect(injectTo).toEqual(['source.yaml']);
      const { injectionSelector } = JSON.parse(readFileSync(join(root, path), 'utf8'));
      expect(injectionSelector).toMatch(/^L:source\.yaml -comment/);
    }
  });

  it('end where a line does that nobody finished', () => {
    const [, next] = tokens('a: ${HOST\nb: c').split('\nb: ');
    expect(next).toBe('c');
  });
});
