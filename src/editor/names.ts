// Every name that package.json and the code share; test/manifest.test.ts holds both against each other.

export const viewId = 'driftline.environments';
/** Of documents that exist in memory only. */
export const documentScheme = 'driftline';
export const walkthroughId = 'driftline.driftline#start';

export type CommandId =
  | 'driftline.checkDrift'
  | 'driftline.compare'
  | 'driftline.takeLiveValue'
  | 'driftline.ignoreDifference'
  | 'driftline.restoreBySync'
  | 'driftline.openRendered'
  | 'driftline.showUses'
  | 'driftline.previewEffect'
  | 'driftline.fetchCharts'
  | 'driftline.validate'
  | 'driftline.checkServer'
  | 'driftline.chooseCluster'
  | 'driftline.commit'
  | 'driftline.propose'
  | 'driftline.forgetTokens'
  | 'driftline.sync'
  | 'driftline.suspend'
  | 'driftline.resume'
  | 'driftline.rollback'
  | 'driftline.showLog'
  | 'driftline.restart'
  | 'driftline.toggleMarkers'
  | 'driftline.filter'
  | 'driftline.clearFilter'
  | 'driftline.manageTrust'
  | 'driftline.openWalkthrough';

/** Context keys that `when` clauses read. */
export interface ContextKeys {
  /** What the Environments view shows: a welcome for each empty state, or `ready`. */
  'driftline.phase': string;
  'driftline.filtered': boolean;
}
