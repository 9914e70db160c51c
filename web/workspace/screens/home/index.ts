import type { Screen } from '../../screen.ts';

export const HOME: Screen = {
	path: '/',
	name: 'What needs me',
	roles: ['OWNER', 'MEMBER', 'CLIENT'],
	routes: [],
};
