import type { Screen } from '../../screen.ts';
import { EditNote } from './edit-note.tsx';
import { NewNote } from './new-note.tsx';
import { NoteList } from './note-list.tsx';
import { NoteView } from './note-view.tsx';

export const NOTES: Screen = {
	path: '/notes',
	name: 'Notes',
	roles: ['OWNER', 'MEMBER'],
	routes: [
		{ at: '', show: NoteList },
		{ at: '/new', show: NewNote },
		{ at: '/:id', show: NoteView },
		{ at: '/:id/edit', show: EditNote },
	],
};
