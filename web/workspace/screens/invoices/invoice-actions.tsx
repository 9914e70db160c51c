import { useMutation } from '@apollo/client/react';
import { useHashLocation } from 'wouter/use-hash-location';
import { isConflict } from '../../../kit/api/index.ts';
import {
	DeleteInvoiceDocument,
	UpdateInvoiceDocument,
	type UpdateInvoiceInput,
} from '../../../kit/api/workspace.generated.ts';
import { Confirm } from '../../../kit/parts/index.ts';
import { useViewer } from '../../viewer.ts';
import type { Invoice } from './invoice-words.ts';

interface InvoiceActionsProps {
	readonly invoice: Invoice;
	readonly onEdit: () => void;
	/** Reads the present state. */
	readonly onConflict: () => Promise<unknown>;
}

/** What can be done with an invoice in its present status. */
export function InvoiceActions({ invoice, onEdit, onConflict }: InvoiceActionsProps) {
	const isClient = useViewer().role === 'CLIENT';
	const [, go] = useHashLocation();
	const [update] = useMutation(UpdateInvoiceDocument);
	const [remove] = useMutation(DeleteInvoiceDocument);
	const { id, status, revision: expectedRevision } = invoice;

	const attempt = async (act: Promise<unknown>) => {
		try {
			await act;
		} catch (error) {
			if (isConflict(error)) await onConflict().catch(() => undefined);
			throw error;
		}
	};
	const change = (part: Omit<UpdateInvoiceInput, 'id' | 'expectedRevision'>) =>
		attempt(update({ variables: { input: { id, expectedRevision, ...part } } }));
	const print = (
		<button type="button" onClick={() => window.print()}>
			Print
		</button>
	);
	if (isClient) return print;
	return (
		<div className="row">
			{status === 'DRAFT' && (
				<Confirm
					label="Issue"
					title="Issue this invoice?"
					onConfirm={() => change({ status: 'ISSUED', issuedAt: invoice.issuedAt ?? new Date().toISOString() })}
				>
					<p>
						It is no longer a draft. Clients with whom it is shared see it from now on.
						{invoice.sharedWith.length === 0 && ' It is shared with no client yet: share it below once it is issued.'}
					</p>
				</Confirm>
			)}
			{status === 'ISSUED' && (
				<Confirm
					label="Mark as paid"
					title="Mark this invoice as paid?"
					onConfirm={() => change({ status: 'PAID', amountDue: '0' })}
				>
					<p>The amount still due becomes 0.</p>
				</Confirm>
			)}
			{(status === 'ISSUED' || status === 'PAID') && (
				<Confirm label="Void" title="Void this invoice?" isDangerous onConfirm={() => change({ status: 'VOID' })}>
					<p>It is no longer valid. It stays in the list, and clients with whom it is shared see that it is void.</p>
				</Confirm>
			)}
			{(status === 'VOID' || status === 'PAID') && (
				<Confirm
					label="Set back to issued"
					title="Set this invoice back to issued?"
					onConfirm={() => change({ status: 'ISSUED' })}
				>
					<p>Check the amount still due afterwards: it stays as it is.</p>
				</Confirm>
			)}
			<button type="button" onClick={onEdit}>
				Edit
			</button>
			{print}
			<Confirm
				label="Delete"
				title="Delete this invoice for good?"
				isDangerous
				confirm="Delete for good"
				onConfirm={async () => {
					await attempt(remove({ variables: { input: { id, expectedRevision } } }));
					go('/invoices');
				}}
			>
				<p>
					Its text, its line items and its comments are gone for good, for your clients as well. To keep a record, void
					it instead.
				</p>
			</Confirm>
		</div>
	);
}
