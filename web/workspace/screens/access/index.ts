import type { Screen } from '../../screen.ts';

export const ACCESS: Screen = {
	path: '/access',
	name: 'Access',
	roles: ['OWNER'],
	routes: [],
};
