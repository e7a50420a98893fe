import { markersEnabled, setMarkersEnabled } from '../settings.ts';
import type { Command } from './command.ts';

/** Shows or hides what stands at the ends of lines. */
export const toggleMarkers: Command = {
  id: 'driftline.toggleMarkers',
  run: () => setMarkersEnabled(!markersEnabled()),
};
