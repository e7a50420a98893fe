import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Judge } from '../../../src/core/upstream/judge.ts';
import { programPath } from '../../../src/core/upstream/programs.ts';
import { RuleCatalogue } from '../../../src/core/validate/catalogue.ts';
import { validateRepository } from '../../../src/core/validate/validate.ts';
import { indexOfFolder } from './repository.ts';

// Public repositories: what an API server would refuse in them is known, and nothing else may be found.
const corpora = resolve(import.meta.dirname, '../../../../shared/corpus');
const known: Record<string, string[]> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures', 'corpora.json'), 'utf8'),
);

describe.skipIf((!existsSync(corpora) || !programPath('judge')) && !process.env.CI)(
  'corpus',
  () => {
    const judge = new Judge();
    afterAll(() => judge.close());

    it.each(Object.entries(known))('%s', async (name, places) => {
      const index = await indexOfFolder(join(corpora, name));
      const { findings, checked } = await validateRepository({
        index,
        rendered: [],
        target: '1.36',
        judge,
      });
      expect(checked.documents).toBeGreaterThan(10);
      const catalogue = new RuleCatalogue();
      expect(findings.filter(({ rule }) => !catalogue.page(rule))).toEqual([]);
      const found = findings
        .filter(({ severity }) => severity !== 'information')
        .map(({ file, line, rule }) => `${file}:${line} ${rule}`);
      expect(found).toEqual(places);
    });
  },
);
