import type { Screen } from '../../screen.ts';

export const MEMBERS: Screen = {
	path: '/members',
	name: 'Members',
	roles: ['OWNER', 'MEMBER'],
	routes: [],
};
