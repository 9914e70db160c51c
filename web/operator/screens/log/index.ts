import type { Screen } from '../../screen.ts';
import { CheckPage } from './check-page.tsx';
import { EntryPage } from './entry-page.tsx';
import { LogList } from './log-list.tsx';

export const LOG: Screen = {
	path: '/log',
	name: 'Audit log',
	roles: ['AUDITOR'],
	routes: [
		{ at: '', show: LogList },
		{ at: '/check', show: CheckPage },
		{ at: '/entries/:id', show: EntryPage },
	],
};
