import type { Screen } from '../../screen.ts';
import { MembersPage } from './members-page.tsx';

export const MEMBERS: Screen = {
	path: '/members',
	name: 'Members',
	roles: ['OWNER', 'MEMBER'],
	routes: [{ at: '', show: MembersPage }],
};
