import type { Screen } from '../../screen.ts';

export const CLIENTS: Screen = {
	path: '/clients',
	name: 'Clients',
	roles: ['OWNER', 'MEMBER'],
	routes: [],
};
