import type { Screen } from './screen.ts';
import { ALERTS } from './screens/alerts/index.ts';
import { FIRMS } from './screens/firms/index.ts';
import { HOME } from './screens/home/index.ts';
import { JOBS } from './screens/jobs/index.ts';
import { LEASES } from './screens/leases/index.ts';
import { LOG } from './screens/log/index.ts';

/** Every screen, in the order of the navigation. */
export const SCREENS: readonly Screen[] = [HOME, FIRMS, LEASES, ALERTS, JOBS, LOG];
