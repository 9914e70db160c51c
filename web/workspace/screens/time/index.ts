import type { Screen } from '../../screen.ts';
import { TimePage } from './time-page.tsx';

export const TIME: Screen = {
	path: '/time',
	name: 'Time',
	roles: ['OWNER', 'MEMBER'],
	routes: [{ at: '', show: TimePage }],
};
