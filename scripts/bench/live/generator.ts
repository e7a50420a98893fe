import type { ControlPlane } from '../../../test/servers/start.ts';
import { fleetObjects } from './fleet.ts';
import { Hand } from './server.ts';

// A process of its own, so that what it does is not counted as the editor's: edits the first COUNT objects by hand,
// once each, as EDITION, at no more than RATE a second, and prints how many milliseconds it took.
const [plane = '', applications = '', count = '', edition = '', rate = ''] = process.argv.slice(2);
const hand = new Hand(JSON.parse(plane) as ControlPlane, 24);
const objects = fleetObjects(Number(applications)).slice(0, Number(count));
const start = performance.now();
await hand.apply(objects, 'by-hand', Number(edition), Number(rate));
process.stdout.write(String(performance.now() - start));
hand.close();
