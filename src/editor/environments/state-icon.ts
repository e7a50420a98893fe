import type { DriftState } from '../../core/model/drift.ts';

/** A codicon and the theme's colour for it: the shape says the state, the colour only repeats it. */
export interface StateIcon {
  id: string;
  color?: string;
}

const warning = 'list.warningForeground';
const error = 'list.errorForeground';
const quiet = 'list.deemphasizedForeground';

export const stateIcons: Record<DriftState, StateIcon> = {
  synced: { id: 'pass', color: 'testing.iconPassed' },
  drifted: { id: 'diff-modified', color: warning },
  missing: { id: 'diff-removed', color: error },
  invalid: { id: 'error', color: error },
  suspect: { id: 'diff-modified', color: quiet },
  'prune-candidate': { id: 'diff-added', color: quiet },
  orphan: { id: 'diff-added', color: quiet },
  untracked: { id: 'circle-outline', color: quiet },
  terminating: { id: 'trash', color: quiet },
  unknown: { id: 'question', color: quiet },
  skipped: { id: 'debug-step-over', color: quiet },
};

/** Of what was known last, and may be otherwise by now: the same shape, without its colour. */
export function faded(icon: StateIcon, isStale: boolean): StateIcon {
  return isStale ? { ...icon, color: quiet } : icon;
}

/** Nothing was compared yet. */
export const waitingIcon: StateIcon = { id: 'loading~spin' };
