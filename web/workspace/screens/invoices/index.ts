import type { Screen } from '../../screen.ts';

export const INVOICES: Screen = {
	path: '/invoices',
	name: 'Invoices',
	roles: ['OWNER', 'MEMBER', 'CLIENT'],
	routes: [],
};
