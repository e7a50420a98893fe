import { checkDrift } from './check-drift.ts';
import { checkServer } from './check-server.ts';
import { chooseCluster } from './choose-cluster.ts';
import type { Command } from './command.ts';
import { commit } from './commit.ts';
import { compare } from './compare.ts';
import { ignoreDifference, restoreBySync, takeLiveValue } from './differences.ts';
import { fetchCharts } from './fetch-charts.ts';
import { clearFilter, filter } from './filter.ts';
import { forgetTokens } from './forget-tokens.ts';
import { manageTrust, openWalkthrough, restart, showLog } from './house.ts';
import { openRendered } from './open-rendered.ts';
import { previewEffect } from './preview-effect.ts';
import { propose } from './propose.ts';
import { rollback } from './rollback.ts';
import { showUses } from './show-uses.ts';
import { resume, suspend, sync } from './sync.ts';
import { toggleMarkers } from './toggle-markers.ts';
import { validate } from './validate.ts';

/** All commands: one more is one file, one line here and its entry in package.json. */
export const commands: readonly Command[] = [
  checkDrift,
  compare,
  takeLiveValue,
  ignoreDifference,
  restoreBySync,
  openRendered,
  showUses,
  previewEffect,
  fetchCharts,
  validate,
  checkServer,
  chooseCluster,
  commit,
  propose,
  forgetTokens,
  sync,
  suspend,
  resume,
  rollback,
  toggleMarkers,
  filter,
  clearFilter,
  showLog,
  restart,
  manageTrust,
  openWalkthrough,
];
