import { useState } from 'react';
import {
	type InvoiceOrder,
	type InvoiceStatus,
	InvoicesDocument,
	type InvoicesQuery,
} from '../../../kit/api/workspace.generated.ts';
import { type ListPage, useContentList } from '../../../kit/content/index.ts';
import { useRecordEvents } from '../../../kit/events/use-record-events.ts';
import { Empty, ErrorNote, LoadMore, SelectField, useTitle } from '../../../kit/parts/index.ts';
import { useViewer } from '../../viewer.ts';
import { InvoiceTable } from './invoice-table.tsx';
import { type InvoiceRow, STATUS_WORDS } from './invoice-words.ts';

const TYPES = ['Invoice', 'InvoiceLineItem', 'Client'];
const ORDERS: readonly (readonly [InvoiceOrder, string])[] = [
	['CREATED_AT_DESC', 'Newest first'],
	['UPDATED_AT_DESC', 'Last changed first'],
	['NUMBER_ASC', 'By number'],
];
/** A portal client never sees a draft. */
const FOR_CLIENTS: readonly InvoiceStatus[] = ['ISSUED', 'PAID', 'VOID'];

const listOf = (data: InvoicesQuery) => data.invoices;
const withList = (data: InvoicesQuery, list: ListPage<InvoiceRow>): InvoicesQuery => ({
	...data,
	invoices: list,
});

/** All invoices that the person may see. */
export function InvoiceList() {
	useTitle('Invoices');
	const isClient = useViewer().role === 'CLIENT';
	const [status, setStatus] = useState<InvoiceStatus | ''>('');
	const [orderBy, setOrder] = useState<InvoiceOrder>('CREATED_AT_DESC');
	const list = useContentList(InvoicesDocument, {
		variables: { orderBy, filter: status === '' ? {} : { status } },
		listOf,
		withList,
	});
	useRecordEvents(TYPES, list.refresh);
	const choices = isClient ? FOR_CLIENTS : (Object.keys(STATUS_WORDS) as InvoiceStatus[]);
	return (
		<>
			<header>
				<h1>Invoices</h1>
				{!isClient && (
					<a className="button primary" href="#/invoices/new">
						New invoice
					</a>
				)}
			</header>
			<search className="grid" aria-label="Filter invoices">
				<SelectField
					label="Status"
					value={status}
					options={choices.map((each) => [each, STATUS_WORDS[each]])}
					none="All"
					onChange={setStatus}
				/>
				<SelectField label="Order" value={orderBy} options={ORDERS} onChange={setOrder} />
			</search>
			{list.error && <ErrorNote error={list.error} onRetry={list.refresh} />}
			{!list.nodes && !list.error && <p role="status">Loading …</p>}
			{list.nodes?.length === 0 && (
				<Empty>
					{status !== '' ? (
						<p>No invoice has the status “{STATUS_WORDS[status]}”.</p>
					) : isClient ? (
						<p>No invoices yet. You find here what your firm bills to you.</p>
					) : (
						<p>No invoices yet. Write the first one: it stays a draft until you issue it.</p>
					)}
				</Empty>
			)}
			{list.nodes && list.nodes.length > 0 && (
				<InvoiceTable caption="Invoices" invoices={list.nodes} sealed={list.sealed} withClient={!isClient} />
			)}
			<LoadMore hasMore={list.hasMore} isLoading={list.isLoading} onMore={list.more} />
		</>
	);
}
