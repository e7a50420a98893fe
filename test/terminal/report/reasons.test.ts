import { expect, it } from 'vitest';
import { byReason } from '../../../src/terminal/report/reasons.ts';

const remote = (path: string) => ({
  reason: `A remote base is not in the repository. kustomize: accumulating '${path}': no network`,
  place: { file: `${path}/kustomization.yaml`, line: 1, column: 1 },
});

it('sums what was not checked by our sentence, and says the whole where it is asked for', () => {
  const entries = [remote('a'), remote('b')];
  expect(byReason(entries)).toMatchObject([
    { says: 'A remote base is not in the repository.', entries },
  ]);
  expect(byReason(entries, { whole: true }).map(({ says }) => says)).toEqual(
    entries.map(({ reason }) => reason),
  );
});
