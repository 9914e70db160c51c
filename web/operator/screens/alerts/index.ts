import { lazyScreen } from '../../../kit/parts/index.ts';
import type { Screen } from '../../screen.ts';

export const ALERTS: Screen = {
	path: '/alerts',
	name: 'Alerts',
	roles: ['OPERATOR', 'APPROVER', 'AUDITOR'],
	routes: [{ at: '', show: lazyScreen(() => import('./alert-list.tsx').then(({ AlertList }) => AlertList)) }],
};
