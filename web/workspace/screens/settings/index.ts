import type { Screen } from '../../screen.ts';

export const SETTINGS: Screen = {
	path: '/settings',
	name: 'Settings',
	roles: ['OWNER'],
	routes: [],
};
