import { lazyScreen } from '../../../kit/parts/index.ts';
import type { Screen } from '../../screen.ts';

export const DEVICES: Screen = {
	path: '/devices',
	name: 'Devices',
	roles: ['OWNER', 'MEMBER'],
	routes: [{ at: '', show: lazyScreen(() => import('./devices-page.tsx').then(({ DevicesPage }) => DevicesPage)) }],
};
