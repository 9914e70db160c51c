import { useState } from 'react';
import { type ClientOrder, type ClientStatus, ClientsDocument } from '../../../kit/api/workspace.generated.ts';
import { useContentList } from '../../../kit/content/index.ts';
import { useRecordEvents } from '../../../kit/events/use-record-events.ts';
import { Empty, ErrorNote, LoadMore, SelectField, useTitle } from '../../../kit/parts/index.ts';
import { ClientTable } from './client-table.tsx';
import { NewClient } from './new-client.tsx';

const CHANGES = ['Client'];
const STATES = [
	['ACTIVE', 'Active clients'],
	['ARCHIVED', 'Archived clients'],
] as const;
const ORDERS: readonly (readonly [ClientOrder, string])[] = [
	['NAME_ASC', 'Name, A to Z'],
	['NAME_DESC', 'Name, Z to A'],
	['CREATED_AT_DESC', 'Newest first'],
	['UPDATED_AT_DESC', 'Last changed first'],
];

/** The firm's clients, and the way to add one. */
export function ClientsScreen() {
	useTitle('Clients');
	const [status, setStatus] = useState<ClientStatus | ''>('ACTIVE');
	const [orderBy, setOrder] = useState<ClientOrder>('NAME_ASC');
	const [isCreating, setCreating] = useState(false);
	const list = useContentList(ClientsDocument, {
		variables: { orderBy, count: true, ...(status && { filter: { status } }) },
		pageSize: 50,
		listOf: (data) => data.clients,
		withList: ({ clients }, page) => ({
			clients: { ...clients, ...page, pageInfo: { ...clients.pageInfo, ...page.pageInfo } },
		}),
	});
	useRecordEvents(CHANGES, list.refresh);
	const { nodes, totalCount } = list;
	return (
		<>
			<header>
				<h1>Clients</h1>
				<button type="button" className="primary" onClick={() => setCreating(true)}>
					New client
				</button>
			</header>
			{isCreating && <NewClient onClose={() => setCreating(false)} />}
			<search className="grid" aria-label="Filter clients">
				<SelectField label="Show" value={status} options={STATES} none="All clients" onChange={setStatus} />
				<SelectField label="Order" value={orderBy} options={ORDERS} onChange={setOrder} />
			</search>
			{list.error && <ErrorNote error={list.error} onRetry={list.refresh} />}
			{!nodes && list.isLoading && <p role="status">Loading clients …</p>}
			{nodes && totalCount !== undefined && (
				<p role="status" className="hint">
					{totalCount === 1 ? '1 client' : `${totalCount.toLocaleString()} clients`}
				</p>
			)}
			{nodes && nodes.length > 0 && <ClientTable clients={nodes} />}
			{nodes?.length === 0 && (
				<Empty>
					<p>{status === 'ARCHIVED' ? 'No client is archived.' : 'No clients yet.'}</p>
					{status !== 'ARCHIVED' && (
						<p>
							Add the first one by New client. Then invite its people, and share documents, threads and invoices with
							it.
						</p>
					)}
				</Empty>
			)}
			<LoadMore hasMore={list.hasMore} isLoading={list.isLoading} onMore={list.more} />
		</>
	);
}
