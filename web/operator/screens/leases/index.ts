import type { Screen } from '../../screen.ts';

export const LEASES: Screen = {
	path: '/leases',
	name: 'Leases',
	roles: ['OPERATOR', 'APPROVER', 'AUDITOR'],
	routes: [],
};
