/** How an object or an application fares, in one set of words for all engines (drift.md 5.3). */
export type HealthStatus =
  | 'Healthy'
  | 'Progressing'
  | 'Degraded'
  | 'Suspended'
  | 'Unknown'
  | 'Missing'
  | 'Terminating'
  /** Nothing can be said of this kind of object: it has no state of its own. */
  | 'None';

export interface Health {
  status: HealthStatus;
  /** The rule's reason: one sentence. */
  reason?: string;
}
