import { useState } from 'react';
import { type AskedFirm, AskForLease } from '../ask-for-lease/index.ts';
import { type Coordinate, fieldsOfType } from '../content/content-fields.ts';
import { denialUnder } from '../content/coverage.ts';
import { budgetLeft, nameOfLease, type OwnLease, useLeaseOn, useLeaseUse } from '../lease-in-use/index.ts';
import { useViewer } from '../viewer.ts';
import { ContentTable } from './content-table.tsx';
import { FIELDS_TO_PROPOSE } from './fields-to-propose.ts';
import { OpenedValues, type Reading } from './opened-values.tsx';
import { keyOf, type Part } from './part.ts';
import { type Selection, useSelection } from './selection.ts';

interface ContentPanelProps {
	readonly firm: AskedFirm;
	readonly parts: readonly Part[];
	/** The record's revision: content that was opened earlier says an earlier one. */
	readonly revision: number;
	readonly reading: Reading;
}

/** The content of one record: sealed, with why, until it is opened under a lease. */
export function ContentPanel(props: ContentPanelProps) {
	const lease = useLeaseOn(props.firm.id);
	const selection = useSelection();
	return (
		<section className="stack" aria-label="Content">
			<h3>Content</h3>
			{/* The key closes what was opened when the lease ends. */}
			<PanelUnder key={lease?.id ?? 'sealed'} {...props} lease={lease} selection={selection} />
			<Requesting {...props} selection={selection} />
		</section>
	);
}

function PanelUnder({
	firm,
	parts,
	revision,
	reading,
	lease,
	selection,
}: ContentPanelProps & { readonly lease: OwnLease | null; readonly selection: Selection }) {
	const { mayOpen } = useLeaseUse();
	const [opened, setOpened] = useState<number | null>(null);
	const table = { firm, parts, lease, selection };
	if (lease === null || opened === null) {
		const count = lease === null ? 0 : valuesUnder(lease, parts);
		return (
			<>
				{lease !== null && count > 0 && mayOpen && (
					<div className="row">
						<button type="button" className="primary" onClick={() => setOpened(revision)}>
							Open {count === 1 ? '1 value' : `${count} values`} under {nameOfLease(lease)}
						</button>
						<span className="quiet">{costInWords(count, budgetLeft(lease))}</span>
					</div>
				)}
				<ContentTable {...table} opened={null} />
			</>
		);
	}
	return (
		<>
			<div className="row">
				<button type="button" onClick={() => setOpened(null)}>
					Close the content
				</button>
				{revision !== opened && (
					<p className="note warn" role="status">
						The record was changed after you opened it. Close it, and open it again to read what it says now.
					</p>
				)}
			</div>
			<OpenedValues lease={lease} reading={reading}>
				{(values) => <ContentTable {...table} opened={values} />}
			</OpenedValues>
		</>
	);
}

/** Files are not opened here but downloaded one by one. */
const valuesUnder = (lease: OwnLease, parts: readonly Part[]): number =>
	parts
		.flatMap(({ type, id }) => fieldsOfType(type).map((field) => [field, id] as const))
		.filter(([field, id]) => !field.endsWith('.content') && denialUnder(lease, field, id) === null).length;

function costInWords(count: number, left: number | null): string {
	if (left === null) return 'Empty values are not counted.';
	if (count < left) return `Takes at most ${count} of the ${left} values that are left.`;
	return count === left
		? 'May use up the budget. The lease then ends, and what it opened stays for a minute.'
		: `Takes up to ${count} values, but only ${left} are left: more than that is refused.`;
}

function Requesting({ firm, parts, selection }: ContentPanelProps & { readonly selection: Selection }) {
	const viewer = useViewer();
	if (!viewer.operatorRoles.includes('OPERATOR')) return null;
	const propose = () => {
		const isPicked = ({ id }: Part, field: Coordinate) => selection.keys.has(keyOf(id, field));
		const proposed = (part: Part) =>
			FIELDS_TO_PROPOSE[part.type].filter((field) => fieldsOfType(part.type).includes(field));
		const picked = (part: Part) => fieldsOfType(part.type).filter((field) => isPicked(part, field));
		const of = selection.keys.size === 0 ? proposed : picked;
		return {
			fields: [...new Set(parts.flatMap(of))],
			records: parts.filter((part) => of(part).length > 0).map(({ type, id, name }) => ({ type, id, name })),
		};
	};
	return (
		<div className="row apart">
			<p role="status" className="quiet">
				{selection.keys.size === 0 ? 'No field selected' : `${selection.keys.size} selected`}
			</p>
			<AskForLease firm={firm} propose={propose} />
		</div>
	);
}
