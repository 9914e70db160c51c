import type { Screen } from './screen.ts';
import { ACCESS } from './screens/access/index.ts';
import { ACCOUNT } from './screens/account/index.ts';
import { CLIENTS } from './screens/clients/index.ts';
import { CUSTODY } from './screens/custody/index.ts';
import { DEVICES } from './screens/devices/index.ts';
import { DOCUMENTS } from './screens/documents/index.ts';
import { HOME } from './screens/home/index.ts';
import { INVOICES } from './screens/invoices/index.ts';
import { MEMBERS } from './screens/members/index.ts';
import { NOTES } from './screens/notes/index.ts';
import { SETTINGS } from './screens/settings/index.ts';
import { THREADS } from './screens/threads/index.ts';
import { TIME } from './screens/time/index.ts';

/** Every screen, in the order of the navigation. */
export const SCREENS: readonly Screen[] = [
	HOME,
	NOTES,
	THREADS,
	DOCUMENTS,
	INVOICES,
	TIME,
	CLIENTS,
	MEMBERS,
	DEVICES,
	CUSTODY,
	ACCESS,
	SETTINGS,
	ACCOUNT,
];
