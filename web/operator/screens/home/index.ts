import type { Screen } from '../../screen.ts';
import { Home } from './home.tsx';

export const HOME: Screen = {
	path: '/',
	name: 'What waits',
	roles: ['OPERATOR', 'APPROVER', 'AUDITOR'],
	routes: [{ at: '', show: Home }],
};
