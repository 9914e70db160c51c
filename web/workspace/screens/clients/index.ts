import type { Screen } from '../../screen.ts';
import { ClientScreen } from './client-screen.tsx';
import { ClientsScreen } from './clients-screen.tsx';

export const CLIENTS: Screen = {
	path: '/clients',
	name: 'Clients',
	roles: ['OWNER', 'MEMBER'],
	routes: [
		{ at: '', show: ClientsScreen },
		{ at: '/:id', show: ClientScreen },
	],
};
