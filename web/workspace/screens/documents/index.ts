import type { Screen } from '../../screen.ts';
import { DocumentScreen } from './document-screen.tsx';
import { DocumentsScreen } from './documents-screen.tsx';

export const DOCUMENTS: Screen = {
	path: '/documents',
	name: 'Documents',
	roles: ['OWNER', 'MEMBER', 'CLIENT'],
	routes: [
		{ at: '', show: DocumentsScreen },
		{ at: '/:id', show: DocumentScreen },
	],
};
