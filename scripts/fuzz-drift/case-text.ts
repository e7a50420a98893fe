import { differences } from '../../src/core/drift/server/difference.ts';
import { anyType } from '../../src/core/drift/typed-path.ts';
import type { JsonObject } from '../../src/core/model/resource.ts';
import { resourceOf } from '../../src/core/model/resource.ts';
import type { Schemas } from '../../src/core/schemas/type.ts';
import type { Pair } from './pair.ts';
import type { Subjects } from './subjects.ts';
import type { Fault } from './tally.ts';

export interface Failed {
  pair: Pair;
  faults: Fault[];
  /** What our side says, in one sentence. */
  ours: string;
}

/**
 * Failed pairs as a drift case file, which `npm run score:drift -- FILE` runs. JSON is YAML; the words are those
 * of drift-cases.yaml.
 */
export function caseFileText(
  failed: readonly Failed[],
  { customTypes, schemas, target }: Subjects,
): string {
  const kinds = new Set(failed.map(({ pair }) => pair.trial.subject.kind));
  const crds = customTypes.filter(({ spec }) =>
    kinds.has(String(((spec as JsonObject).names as JsonObject).kind)),
  );
  const cases = failed.map(each => caseOf(each, schemas));
  const file = {
    version: 1,
    server: `kube-apiserver v${target}`,
    count: cases.length,
    fixtures: { crds },
    cases,
  };
  return `${JSON.stringify(file, undefined, 1)}\n`;
}

function caseOf({ pair, faults, ours }: Failed, schemas: Schemas) {
  const { trial, desired, live, previous, word } = pair;
  const resource = resourceOf(desired);
  const kind = resource && schemas.lookup(resource);
  const type = kind?.found ? kind.kind.type : anyType;
  const changes =
    word.says === 'drift'
      ? differences({ live, desired, type, isOurs: () => true }, word.after)
      : [];
  const state = word.says === 'same' ? 'synced' : 'drifted';
  const refused = word.says === 'refused' ? { error: `${word.code} ${word.message}` } : {};
  return {
    id: pair.id,
    group: 'fuzz',
    why: `${faults.join(', ')}: the server says ${word.says}; ${ours}`,
    owner: { tool: 'fuzz', ...trial.profile },
    desired,
    live,
    ...(previous ? { previous } : {}),
    expect: {
      state,
      local: state,
      paths: changes
        .filter(({ consequence }) => !consequence)
        .map(({ path, kind }) => ({ path, kind })),
      ...(word.says === 'refused' ? { applyRejected: true } : {}),
    },
    oracle: { result: results[word.says], ...refused },
  };
}

const results = { same: 'nodiff', drift: 'diff', refused: 'error', nothing: 'reading' };

/** One line about a failed pair. */
export function failedText({ pair: { id, trial, word }, faults, ours }: Failed): string {
  const refusal = word.says === 'refused' ? ` (${word.message})` : '';
  const { subject, profile } = trial;
  const told = `${id} ${subject.kind} ${profile.mode} ${faults.join('+')}`;
  return `${told}: the server says ${word.says}${refusal}, ${ours}`.slice(0, 600);
}
