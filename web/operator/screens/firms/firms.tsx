import { useState } from 'react';
import { type FirmOrder, FirmsDocument, type FirmsQuery } from '../../../kit/api/operator.generated.ts';
import { Field, SelectField, useTitle } from '../../../kit/parts/index.ts';
import { showConstant } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { ListStatus } from '../../records/list-status.tsx';
import { type Column, RecordTable } from '../../records/record-table.tsx';
import { type ListIn, PAGE_SIZE, useList } from '../../records/use-list.ts';
import { FindRecord } from './find/find-record.tsx';
import './firms.css';

type Row = FirmsQuery['firms']['nodes'][number];
const IN: ListIn<FirmsQuery, Row> = {
	get: ({ firms }) => firms,
	put: (data, firms) => ({ ...data, firms: { ...data.firms, ...firms } }),
};

const ORDERS: readonly (readonly [FirmOrder, string])[] = [
	['SLUG_ASC', 'Short name, A to Z'],
	['SLUG_DESC', 'Short name, Z to A'],
	['CREATED_AT_DESC', 'Newest first'],
	['CREATED_AT_ASC', 'Oldest first'],
];

const COLUMNS: readonly Column<Row>[] = [
	{ label: 'Short name', cell: ({ slug }) => <code>{slug}</code> },
	{ label: 'State', cell: ({ status }) => <FirmStatus status={status} /> },
	{ label: 'Since', cell: ({ createdAt }) => <Time at={createdAt} show="day" /> },
];

/** Every firm of the platform. */
export function Firms() {
	useTitle('Firms');
	const [orderBy, setOrder] = useState<FirmOrder>('SLUG_ASC');
	const [part, setPart] = useState('');
	const list = useList(FirmsDocument, { first: PAGE_SIZE, orderBy, count: true }, IN);
	const wanted = part.trim().toLowerCase();
	const isWanted = ({ name, slug }: Row) => `${name} ${slug}`.toLowerCase().includes(wanted);
	return (
		<>
			<header>
				<h1>Firms</h1>
				{list.total !== undefined && <span className="badge">{list.total} in all</span>}
			</header>
			<FindRecord />
			<div className="grid filters">
				<Field label="Name has" hint={list.hasMore ? 'Looks among those that are shown' : undefined}>
					{(control) => (
						<input {...control} type="search" value={part} onChange={(event) => setPart(event.target.value)} />
					)}
				</Field>
				<SelectField label="Order" value={orderBy} options={ORDERS} onChange={setOrder} />
			</div>
			<ListStatus
				list={list}
				empty={<p>There is no firm yet. A firm is created by the command “firmseal firm create”.</p>}
			>
				{(rows) => (
					<RecordTable
						caption="Firms of the platform"
						firstLabel="Firm"
						rows={rows.filter(isWanted)}
						columns={COLUMNS}
						nameOf={({ name }) => name}
						hrefOf={({ id }) => `/firms/${id}`}
						selection={null}
					/>
				)}
			</ListStatus>
		</>
	);
}

/** The state in words; the color only underlines it. */
export const FirmStatus = ({ status }: { readonly status: Row['status'] }) => (
	<span className={`badge ${status === 'ACTIVE' ? 'good' : 'bad'}`}>{showConstant(status)}</span>
);
