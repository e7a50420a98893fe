import manifest from '../../package.json' with { type: 'json' };

/** Driftline's own version. */
export const version: string = manifest.version;
