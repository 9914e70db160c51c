import type { Screen } from '../../screen.ts';
import { JobList } from './job-list.tsx';
import { JobPage } from './job-page.tsx';

export const JOBS: Screen = {
	path: '/jobs',
	name: 'Jobs',
	roles: ['OPERATOR', 'APPROVER', 'AUDITOR'],
	routes: [
		{ at: '', show: JobList },
		{ at: '/:id', show: JobPage },
	],
};
