import type { Screen } from '../../screen.ts';

export const TIME: Screen = {
	path: '/time',
	name: 'Time',
	roles: ['OWNER', 'MEMBER'],
	routes: [],
};
