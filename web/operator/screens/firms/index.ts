import type { Screen } from '../../screen.ts';
import { Firm } from './firm.tsx';
import { Firms } from './firms.tsx';

export const FIRMS: Screen = {
	path: '/firms',
	name: 'Firms',
	roles: ['OPERATOR', 'APPROVER', 'AUDITOR'],
	routes: [
		{ at: '', show: Firms },
		{ at: '/:firm/*?', show: Firm },
	],
};
