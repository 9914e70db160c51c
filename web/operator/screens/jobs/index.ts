import type { Screen } from '../../screen.ts';

export const JOBS: Screen = {
	path: '/jobs',
	name: 'Jobs',
	roles: ['OPERATOR', 'APPROVER', 'AUDITOR'],
	routes: [],
};
