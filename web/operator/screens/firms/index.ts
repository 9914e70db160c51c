import type { Screen } from '../../screen.ts';

export const FIRMS: Screen = {
	path: '/firms',
	name: 'Firms',
	roles: ['OPERATOR', 'APPROVER', 'AUDITOR'],
	routes: [],
};
