import type { Screen } from '../../screen.ts';
import { NewThread } from './new-thread.tsx';
import { ThreadList } from './thread-list.tsx';
import { ThreadView } from './thread-view.tsx';

export const THREADS: Screen = {
	path: '/threads',
	name: 'Threads',
	roles: ['OWNER', 'MEMBER', 'CLIENT'],
	routes: [
		{ at: '', show: ThreadList },
		{ at: '/new', show: NewThread },
		{ at: '/:id', show: ThreadView },
	],
};
