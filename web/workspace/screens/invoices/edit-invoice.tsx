import { useMutation } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { UpdateInvoiceDocument } from '../../../kit/api/workspace.generated.ts';
import type { SealedField } from '../../../kit/content/index.ts';
import {
	ChangedMeanwhile,
	confirmLoss,
	ErrorNote,
	SaveButton,
	useDraft,
	useLeaveGuard,
	useSave,
} from '../../../kit/parts/index.ts';
import { draftOf, type InvoiceDraft, inputOf, mistakesIn, textOf } from './invoice-draft.ts';
import { InvoiceFields } from './invoice-fields.tsx';
import { InvoiceView } from './invoice-view.tsx';
import type { Invoice } from './invoice-words.ts';

interface EditInvoiceProps {
	/** The invoice as last read. */
	readonly invoice: Invoice;
	readonly sealed: readonly SealedField[];
	/** Reads it again. */
	readonly onConflict: () => Promise<unknown>;
	readonly onClose: () => void;
}

/** Changes an invoice. What is typed stays when someone else was faster. */
export function EditInvoice({ invoice, sealed, onConflict, onClose }: EditInvoiceProps) {
	const present = draftOf(invoice);
	// The whole form is one value, because line items come and go.
	const form = useDraft({ revision: invoice.revision, values: { text: textOf(present) } });
	const [draft, setDraft] = useState(present);
	const [isChecked, setChecked] = useState(false);
	const [update] = useMutation(UpdateInvoiceDocument);
	const letGo = useLeaveGuard(form.hasChanges);
	const mistakes = mistakesIn(draft);

	function change(part: Partial<InvoiceDraft>) {
		const next = { ...draft, ...part };
		setDraft(next);
		form.change({ text: textOf(next) });
	}
	const { isSaving, error, submit } = useSave(async () => {
		setChecked(true);
		if (Object.keys(mistakes).length > 0) return;
		const { id } = invoice;
		await update({ variables: { input: { id, expectedRevision: form.revision, ...inputOf(draft, invoice) } } });
		letGo();
		onClose();
	}, onConflict);
	const isSaved = error !== null && form.isSaved;
	useEffect(() => {
		if (isSaved) onClose();
	}, [isSaved, onClose]);
	return (
		<form className="stack" onSubmit={submit} noValidate>
			<InvoiceFields draft={draft} mistakes={isChecked ? mistakes : {}} present={invoice.client} onChange={change} />
			{form.isStale && (
				<ChangedMeanwhile
					onTake={() => {
						form.takePresent();
						setDraft(present);
					}}
				>
					<InvoiceView invoice={invoice} sealed={sealed} />
				</ChangedMeanwhile>
			)}
			{error !== null && !form.isStale && <ErrorNote error={error} />}
			<div className="row">
				<SaveButton label="Save" isSaving={isSaving} />
				<button
					type="button"
					onClick={() => {
						if (!confirmLoss(form.hasChanges)) return;
						letGo();
						onClose();
					}}
				>
					Cancel
				</button>
			</div>
		</form>
	);
}
