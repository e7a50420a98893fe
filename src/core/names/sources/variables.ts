import type { Entry } from '../inventory.ts';
import type { Spot } from '../spot.ts';
import type { Suggestion } from '../suggestion.ts';
import { originOf, rankOf } from './entries.ts';

/** Names of variables behind an open `${`; undefined where there is none, and where Flux puts nothing in. */
export function variableNames(spot: Spot): Suggestion[] | undefined {
  const { token, part } = spot.cursor;
  const open = /\$\{(\w*)$/.exec(token.typed);
  if (!open || part === 'key') return undefined;
  const from = token.start + open.index;
  return variablesIn(spot).map(each => ({ ...each, from }));
}

/** `${NAME}` for everything that `postBuild` sets: keys only, never values. */
function variablesIn(spot: Spot): Suggestion[] {
  const entries = spot.inventory.entries();
  return entries.flatMap(entry => {
    const { variables, variablesFrom, namespace } = entry.facts;
    const setBy = `Kustomization ${entry.facts.name} · ${originOf(entry)}`;
    const rank = rankOf(entry, spot);
    const own = variables.map(name => variable(name, setBy, rank));
    const named = variablesFrom.flatMap(({ kind, name }) =>
      entries
        .filter(({ facts }) => isNamed(facts, kind, name, namespace))
        .flatMap(({ facts }) => facts.keys)
        .filter(key => /^[A-Za-z_]\w*$/.test(key))
        .map(key => variable(key, `${kind} ${name}`, rank)),
    );
    return [...own, ...named];
  });
}

function isNamed(facts: Entry['facts'], kind: string, name: string, namespace: string): boolean {
  const isKind = facts.kind === kind || (kind === 'Secret' && facts.kind === 'SealedSecret');
  const isThere = facts.namespace === '' || namespace === '' || facts.namespace === namespace;
  return isKind && facts.name === name && isThere;
}

function variable(name: string, detail: string, rank: 0 | 1): Suggestion {
  return { label: `\${${name}}`, detail, kind: 'variable', rank };
}
