import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { UpdateInvoiceDocument } from '../../../kit/api/workspace.generated.ts';
import type { SealedField } from '../../../kit/content/index.ts';
import { EditEnd, useEdit } from '../../../kit/parts/index.ts';
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
	const [draft, setDraft] = useState(present);
	const [isChecked, setChecked] = useState(false);
	const [update] = useMutation(UpdateInvoiceDocument);
	const mistakes = mistakesIn(draft);
	const edit = useEdit({
		// The whole form is one value, because line items come and go.
		present: { revision: invoice.revision, values: { text: textOf(present) } },
		save(_, expectedRevision) {
			setChecked(true);
			if (Object.keys(mistakes).length > 0) return null;
			return update({ variables: { input: { id: invoice.id, expectedRevision, ...inputOf(draft, invoice) } } });
		},
		reread: onConflict,
		onClose,
	});

	function change(part: Partial<InvoiceDraft>) {
		const next = { ...draft, ...part };
		setDraft(next);
		edit.change({ text: textOf(next) });
	}
	function takePresent() {
		edit.takePresent();
		setDraft(present);
	}
	return (
		<form className="stack" onSubmit={edit.submit} noValidate>
			<InvoiceFields draft={draft} mistakes={isChecked ? mistakes : {}} present={invoice.client} onChange={change} />
			<EditEnd edit={{ ...edit, takePresent }} label="Save">
				<InvoiceView invoice={invoice} sealed={sealed} />
			</EditEnd>
		</form>
	);
}
