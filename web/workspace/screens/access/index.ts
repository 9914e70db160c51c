import type { Screen } from '../../screen.ts';
import { Access } from './access.tsx';
import { LeasePage } from './lease-page.tsx';
import { Report } from './report.tsx';

export const ACCESS: Screen = {
	path: '/access',
	name: 'Access',
	roles: ['OWNER'],
	routes: [
		{ at: '', show: Access },
		{ at: '/report', show: Report },
		{ at: '/:leaseId', show: LeasePage },
	],
};
