import type { Screen } from '../../screen.ts';
import { Settings } from './settings.tsx';

export const SETTINGS: Screen = {
	path: '/settings',
	name: 'Settings',
	roles: ['OWNER'],
	routes: [{ at: '', show: Settings }],
};
