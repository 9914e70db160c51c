import { lazyScreen } from '../../../kit/parts/index.ts';
import type { Screen } from '../../screen.ts';

export const JOBS: Screen = {
	path: '/jobs',
	name: 'Jobs',
	roles: ['OPERATOR', 'APPROVER', 'AUDITOR'],
	routes: [
		{ at: '', show: lazyScreen(() => import('./job-list.tsx').then(({ JobList }) => JobList)) },
		{ at: '/:id', show: lazyScreen(() => import('./job-page.tsx').then(({ JobPage }) => JobPage)) },
	],
};
