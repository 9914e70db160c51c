import { useMutation, useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { Redirect } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { CreateInvoiceDocument, LastCurrencyDocument } from '../../../kit/api/workspace.generated.ts';
import {
	confirmLoss,
	NotCreated,
	SaveRow,
	useLeaveGuard,
	useNewId,
	useSave,
	useTitle,
} from '../../../kit/parts/index.ts';
import { useViewer } from '../../viewer.ts';
import { EMPTY_DRAFT, type InvoiceDraft, inputOf, mistakesIn, newLine, textOf } from './invoice-draft.ts';
import { InvoiceFields } from './invoice-fields.tsx';
import './invoices.css';

/** A portal client reads invoices only. */
export const NewInvoice = () =>
	useViewer().role === 'CLIENT' ? <Redirect to="/invoices" replace /> : <NewInvoiceForm />;

/** Writes an invoice, which begins as a draft. A repeat after a lost answer creates it once. */
function NewInvoiceForm() {
	useTitle('New invoice');
	const [, go] = useHashLocation();
	const { id, earlier, renew } = useNewId();
	const [typed, setDraft] = useState<InvoiceDraft>(() => ({ ...EMPTY_DRAFT, lines: [newLine()] }));
	// A firm's invoices are mostly in one currency: a new one has that of the last, until its writer says another.
	const { data, loading } = useQuery(LastCurrencyDocument);
	const proposed = loading ? '' : (data?.invoices.nodes[0]?.currency ?? EMPTY_DRAFT.currency);
	const [isOther, setOther] = useState(false);
	const draft = isOther ? typed : { ...typed, currency: proposed };
	const [begun] = useState(() => textOf(typed));
	const [isChecked, setChecked] = useState(false);
	const [create] = useMutation(CreateInvoiceDocument);
	const hasChanges = textOf(typed) !== begun;
	const letGo = useLeaveGuard(hasChanges);
	const mistakes = mistakesIn(draft);
	const isWrong = Object.keys(mistakes).length > 0;
	const { isSaving, error, submit } = useSave(async () => {
		setChecked(true);
		if (isWrong) return;
		await create({ variables: { input: { id, ...inputOf(draft, null) } } });
		letGo();
		go(`/invoices/${id}`, { replace: true });
	}, renew);
	return (
		<form className="stack" onSubmit={submit} noValidate>
			<h1>New invoice</h1>
			<InvoiceFields
				draft={draft}
				mistakes={isChecked ? mistakes : {}}
				onChange={(part) => {
					if (part.currency !== undefined) setOther(true);
					setDraft((before) => ({ ...before, ...part }));
				}}
			/>
			{error !== null && <NotCreated error={error} noun="invoice" href={`#/invoices/${earlier}`} />}
			<SaveRow
				label="Save as a draft"
				isSaving={isSaving}
				onCancel={() => {
					if (!confirmLoss(hasChanges)) return;
					letGo();
					go('/invoices');
				}}
			/>
		</form>
	);
}
