import { lazyScreen } from '../../../kit/parts/index.ts';
import type { Screen } from '../../screen.ts';
import { Firm } from './firm.tsx';
import { Firms } from './firms.tsx';

export const FIRMS: Screen = {
	path: '/firms',
	name: 'Firms',
	roles: ['OPERATOR', 'APPROVER', 'AUDITOR'],
	routes: [
		{ at: '', show: Firms },
		{
			at: '/record/:id',
			show: lazyScreen(() => import('./find/record-place.tsx').then(({ RecordPlace }) => RecordPlace)),
		},
		{ at: '/:firm/*?', show: Firm },
	],
};
