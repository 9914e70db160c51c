import { type SubmitEvent, useState } from 'react';
import { ErrorNote } from '../../kit/parts/index.ts';
import { type OwnLease, useLeaseUse } from '../lease-in-use/index.ts';
import type { AskedFirm } from './asked-firm.ts';
import { FieldChoice } from './field-choice.tsx';
import { faultsOf, inputOf, type LeaseDraft, type Proposal, proposedBudget } from './lease-draft.ts';
import { RecordChoice } from './record-choice.tsx';
import { ScopeSummary } from './scope-summary.tsx';
import { Terms } from './terms.tsx';
import { useExpandedRecords } from './use-expanded-records.ts';
import { useSendRequest } from './use-send-request.ts';
import { WhatHappensNext } from './what-happens-next.tsx';
import './ask-for-lease.css';

interface AskFormProps {
	readonly firm: AskedFirm;
	readonly proposal: Proposal;
	/** Whether there is text that leaving would lose. */
	readonly onTyped: (hasTyped: boolean) => void;
	readonly onAsked: (lease: Pick<OwnLease, 'id' | 'ticket'>) => void;
	readonly onCancel: () => void;
}

const BLANK = { purpose: '', reason: '', ticket: '', minutes: '30' } as const;

export function AskForm({ firm, proposal, onTyped, onAsked, onCancel }: AskFormProps) {
	const { refresh } = useLeaseUse();
	const [typed, setTyped] = useState<Partial<LeaseDraft>>({});
	const [isChecked, setChecked] = useState(false);
	const expanded = useExpandedRecords(firm.id, proposal.records);
	const scope = { fields: typed.fields ?? proposal.fields, records: typed.records ?? expanded.records };
	if (typed.records === null) scope.records = null;
	const draft: LeaseDraft = { ...BLANK, budget: proposedBudget(scope), ...typed, ...scope };
	const faults = faultsOf(draft);
	const { send, isSending, error } = useSendRequest(firm.id);
	const change = (part: Partial<LeaseDraft>) => {
		const next = { ...typed, ...part };
		setTyped(next);
		onTyped(Boolean(next.reason || next.ticket));
	};
	async function submit(event: SubmitEvent<HTMLFormElement>) {
		event.preventDefault();
		setChecked(true);
		if (Object.keys(faults).length > 0) return focusFirstFault(event.currentTarget);
		const lease = await send(inputOf(draft, firm.id));
		if (lease === null) return;
		await refresh();
		onAsked(lease);
	}
	if (expanded.error !== null) return <ErrorNote error={expanded.error} onRetry={expanded.retry} />;
	if (expanded.isLoading) return <p role="status">Looking up what belongs to the selection …</p>;
	return (
		<form className="stack" noValidate onSubmit={submit}>
			<FieldChoice
				chosen={draft.fields}
				fault={isChecked ? faults.fields : undefined}
				onChange={(fields) => change({ fields })}
			/>
			<RecordChoice
				selected={expanded.records}
				draft={draft}
				fault={isChecked ? faults.records : undefined}
				onChange={(records) => change({ records })}
			/>
			<Terms draft={draft} faults={isChecked ? faults : {}} onChange={change} />
			<ScopeSummary draft={draft} firm={firm.name} />
			<WhatHappensNext firm={firm} />
			{error !== null && <ErrorNote error={error} />}
			<div className="row">
				<button type="submit" className="primary" disabled={isSending}>
					{isSending ? 'Sending …' : 'Send the request'}
				</button>
				<button type="button" onClick={onCancel}>
					Cancel
				</button>
			</div>
		</form>
	);
}

/** After React has marked what is wrong. */
function focusFirstFault(form: HTMLFormElement): void {
	requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
