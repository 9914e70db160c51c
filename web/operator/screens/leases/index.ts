import { lazyScreen } from '../../../kit/parts/index.ts';
import type { Screen } from '../../screen.ts';
import { LeaseList } from './lease-list.tsx';

export const LEASES: Screen = {
	path: '/leases',
	name: 'Leases',
	roles: ['OPERATOR', 'APPROVER', 'AUDITOR'],
	routes: [
		{ at: '', show: LeaseList },
		{ at: '/:id', show: lazyScreen(() => import('./lease-page.tsx').then(({ LeasePage }) => LeasePage)) },
	],
};
