import { lazyScreen } from '../../../kit/parts/index.ts';
import type { Screen } from '../../screen.ts';

export const LOG: Screen = {
	path: '/log',
	name: 'Audit log',
	roles: ['AUDITOR'],
	routes: [
		{ at: '', show: lazyScreen(() => import('./log-list.tsx').then(({ LogList }) => LogList)) },
		{ at: '/check', show: lazyScreen(() => import('./check-page.tsx').then(({ CheckPage }) => CheckPage)) },
		{ at: '/entries/:id', show: lazyScreen(() => import('./entry-page.tsx').then(({ EntryPage }) => EntryPage)) },
	],
};
