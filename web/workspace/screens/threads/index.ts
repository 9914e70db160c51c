import type { Screen } from '../../screen.ts';

export const THREADS: Screen = {
	path: '/threads',
	name: 'Messages',
	roles: ['OWNER', 'MEMBER', 'CLIENT'],
	routes: [],
};
