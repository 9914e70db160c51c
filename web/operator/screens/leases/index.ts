import type { Screen } from '../../screen.ts';
import { LeaseList } from './lease-list.tsx';
import { LeasePage } from './lease-page.tsx';

export const LEASES: Screen = {
	path: '/leases',
	name: 'Leases',
	roles: ['OPERATOR', 'APPROVER', 'AUDITOR'],
	routes: [
		{ at: '', show: LeaseList },
		{ at: '/:id', show: LeasePage },
	],
};
