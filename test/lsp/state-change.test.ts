import { describe, expect, it } from 'vitest';
import type { ObjectState } from '../../src/core/live/state.ts';
import type { DriftState } from '../../src/core/model/drift.ts';
import { resourceKey } from '../../src/core/model/resource.ts';
import type { WorkspaceState } from '../../src/lsp/protocol.ts';
import { stateAfter } from '../../src/lsp/state-change.ts';
import { application, environment, object, resource, workspace } from '../editor/states.ts';

const config = (name: string, state: DriftState) => object(resource('ConfigMap', name), state);
const stateOf = (
  shop: ObjectState[],
  more: Partial<WorkspaceState> = {},
  other: ObjectState[] = [],
) =>
  workspace(
    [environment('production', [application('shop', shop), application('other', other)])],
    more,
  );
const drawn = ({ environments }: WorkspaceState) =>
  environments.flatMap(({ applications }) =>
    applications.map(({ name, objects }) => [
      name,
      ...objects.map(({ resource: { name: of }, state }) => `${of} ${state}`),
    ]),
  );

const known = stateOf([config('a', 'drifted'), config('b', 'synced'), config('c', 'synced')]);

describe('the changes to a known state', () => {
  it('are laid over it, the worst first, and what is gone leaves', () => {
    const answer = stateOf([config('c', 'drifted'), config('d', 'missing')], {
      gone: { production: [resourceKey(resource('ConfigMap', 'b'))] },
      at: '2',
    });
    const after = stateAfter(known, answer);
    expect(drawn(after)).toEqual([['shop', 'a drifted', 'c drifted', 'd missing'], ['other']]);
    expect(after).toMatchObject({ at: '2' });
    expect(after).not.toHaveProperty('gone');
  });

  it('move an object from one application to another', () => {
    const answer = stateOf([], { gone: {} }, [config('a', 'synced')]);
    expect(drawn(stateAfter(known, answer))).toEqual([
      ['shop', 'b synced', 'c synced'],
      ['other', 'a synced'],
    ]);
  });

  it('are everything where nothing was known, or nothing of it counts any more', () => {
    const answer = stateOf([config('z', 'synced')]);
    expect(drawn(stateAfter(undefined, { ...answer, gone: {} }))).toEqual([
      ['shop', 'z synced'],
      ['other'],
    ]);
    expect(drawn(stateAfter(known, answer))).toEqual([['shop', 'z synced'], ['other']]);
  });
});
