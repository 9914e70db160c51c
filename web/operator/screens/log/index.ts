import type { Screen } from '../../screen.ts';

export const LOG: Screen = {
	path: '/log',
	name: 'Audit log',
	roles: ['AUDITOR'],
	routes: [],
};
