import type { Screen } from '../../screen.ts';
import { AlertList } from './alert-list.tsx';

export const ALERTS: Screen = {
	path: '/alerts',
	name: 'Alerts',
	roles: ['OPERATOR', 'APPROVER', 'AUDITOR'],
	routes: [{ at: '', show: AlertList }],
};
