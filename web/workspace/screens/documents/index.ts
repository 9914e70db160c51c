import type { Screen } from '../../screen.ts';

export const DOCUMENTS: Screen = {
	path: '/documents',
	name: 'Documents',
	roles: ['OWNER', 'MEMBER', 'CLIENT'],
	routes: [],
};
