import type { Screen } from '../../screen.ts';
import { Account } from './account.tsx';

export const ACCOUNT: Screen = {
	path: '/account',
	name: 'Account',
	roles: ['OWNER', 'MEMBER', 'CLIENT'],
	routes: [{ at: '', show: Account }],
};
