import type { Screen } from '../../screen.ts';

export const ALERTS: Screen = {
	path: '/alerts',
	name: 'Alerts',
	roles: ['OPERATOR', 'APPROVER', 'AUDITOR'],
	routes: [],
};
