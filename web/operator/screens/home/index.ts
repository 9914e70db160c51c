import type { Screen } from '../../screen.ts';

export const HOME: Screen = {
	path: '/',
	name: 'What waits',
	roles: ['OPERATOR', 'APPROVER', 'AUDITOR'],
	routes: [],
};
