import type { OperatorRole } from '../../../kit/api/operator.generated.ts';
import type { Screen } from '../../screen.ts';
import { ClientList } from './clients/client-list.tsx';
import { ClientView } from './clients/client-view.tsx';
import { DocumentList } from './documents/document-list.tsx';
import { DocumentView } from './documents/document-view.tsx';
import { InvoiceList } from './invoices/invoice-list.tsx';
import { InvoiceView } from './invoices/invoice-view.tsx';
import { MessageView } from './messages/message-view.tsx';
import { ThreadList } from './messages/thread-list.tsx';
import { ThreadView } from './messages/thread-view.tsx';
import { NoteList } from './notes/note-list.tsx';
import { NoteView } from './notes/note-view.tsx';
import { Overview } from './overview/overview.tsx';
import { TimeEntryList } from './time/time-entry-list.tsx';
import { TimeEntryView } from './time/time-entry-view.tsx';

type Tab = Pick<Screen, 'path' | 'name' | 'routes'>;

const OVERVIEW: Tab = { path: '', name: 'Overview', routes: [{ at: '', show: Overview }] };

/** Views of records: only operators see their metadata (docs/reference/rights.md). */
const OF_RECORDS: readonly Tab[] = [
	{
		path: '/documents',
		name: 'Documents',
		routes: [
			{ at: '', show: DocumentList },
			{ at: '/:record', show: DocumentView },
		],
	},
	{
		path: '/messages',
		name: 'Messages',
		routes: [
			{ at: '', show: ThreadList },
			{ at: '/:thread', show: ThreadView },
			{ at: '/:thread/:record', show: MessageView },
		],
	},
	{
		path: '/notes',
		name: 'Notes',
		routes: [
			{ at: '', show: NoteList },
			{ at: '/:record', show: NoteView },
		],
	},
	{
		path: '/invoices',
		name: 'Invoices',
		routes: [
			{ at: '', show: InvoiceList },
			{ at: '/:record', show: InvoiceView },
		],
	},
	{
		path: '/time',
		name: 'Time',
		routes: [
			{ at: '', show: TimeEntryList },
			{ at: '/:record', show: TimeEntryView },
		],
	},
	{
		path: '/clients',
		name: 'Clients',
		routes: [
			{ at: '', show: ClientList },
			{ at: '/:record', show: ClientView },
		],
	},
];

/** The views of a firm that these roles may use; `path` is appended to the firm's own. */
export const tabsFor = (roles: readonly OperatorRole[]): readonly Tab[] =>
	roles.includes('OPERATOR') ? [OVERVIEW, ...OF_RECORDS] : [OVERVIEW];
