import { lazyScreen } from '../../../kit/parts/index.ts';
import type { Screen } from '../../screen.ts';

export const CUSTODY: Screen = {
	path: '/custody',
	name: 'Custody',
	roles: ['OWNER', 'MEMBER'],
	routes: [{ at: '', show: lazyScreen(() => import('./custody-screen.tsx').then((view) => view.CustodyScreen)) }],
};
