import type { Screen } from '../../screen.ts';

export const NOTES: Screen = {
	path: '/notes',
	name: 'Notes',
	roles: ['OWNER', 'MEMBER'],
	routes: [],
};
