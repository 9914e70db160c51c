import type { Screen } from '../../screen.ts';
import { Home } from './home.tsx';

export const HOME: Screen = {
	path: '/',
	name: 'What needs me',
	nameForClient: 'What is new',
	roles: ['OWNER', 'MEMBER', 'CLIENT'],
	routes: [{ at: '', show: Home }],
};
