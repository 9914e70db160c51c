import { useState } from 'react';
import { Dialog } from '../../kit/parts/index.ts';
import { confirmLoss, useLeaveGuard } from '../../kit/parts/leave-guard.ts';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { nameOfLease, type OwnLease } from '../lease-in-use/index.ts';
import { AskForm } from './ask-form.tsx';
import { type AskedFirm, whyNoLeaseOn } from './asked-firm.ts';
import type { Proposal } from './lease-draft.ts';
import { WhatHappensNext } from './what-happens-next.tsx';

interface AskDialogProps {
	readonly firm: AskedFirm;
	readonly proposal: Proposal;
	readonly onClose: () => void;
}

/** The request for a lease, from its form to what happens next. */
export function AskDialog({ firm, proposal, onClose }: AskDialogProps) {
	const [hasTyped, setTyped] = useState(false);
	const [asked, setAsked] = useState<Pick<OwnLease, 'id' | 'ticket'> | null>(null);
	useLeaveGuard(hasTyped && asked === null);
	const close = () => {
		if (confirmLoss(hasTyped && asked === null)) onClose();
	};
	const why = whyNoLeaseOn(firm);
	if (why !== null) {
		return (
			<Dialog title="No lease on this firm" onClose={onClose}>
				<p>{why}</p>
				<div>
					<button type="button" onClick={onClose}>
						Close
					</button>
				</div>
			</Dialog>
		);
	}
	if (asked !== null) {
		return (
			<Dialog title="You have asked for a lease" onClose={onClose}>
				<p role="status">
					Your request <VisibleText text={nameOfLease(asked)} /> on <VisibleText text={firm.name} /> is sent. Nothing
					can be read yet.
				</p>
				<WhatHappensNext firm={firm} isSent />
				<div className="row">
					<a className="button primary" href={`#/leases/${asked.id}`} onClick={onClose}>
						See the request
					</a>
					<button type="button" onClick={onClose}>
						Close
					</button>
				</div>
			</Dialog>
		);
	}
	return (
		<Dialog title={`Ask for a lease on ${firm.name}`} onClose={close}>
			<AskForm firm={firm} proposal={proposal} onTyped={setTyped} onAsked={setAsked} onCancel={close} />
		</Dialog>
	);
}
