import { useState } from 'react';
import { useViewer } from '../viewer.ts';
import { AskDialog } from './ask-dialog.tsx';
import type { AskedFirm } from './asked-firm.ts';
import type { Proposal } from './lease-draft.ts';

interface AskForLeaseProps {
	readonly firm: AskedFirm;
	/** What is selected on the screen, when the person presses the button. */
	readonly propose: () => Proposal;
}

/** Opens the request for a lease, filled in from what is on the screen. No one but an operator can have a lease, so no one else sees it. */
export function AskForLease({ firm, propose }: AskForLeaseProps) {
	const viewer = useViewer();
	const [proposal, setProposal] = useState<Proposal | null>(null);
	if (!viewer.operatorRoles.includes('OPERATOR')) return null;
	return (
		<>
			<button type="button" onClick={() => setProposal(propose())}>
				Ask for a lease
			</button>
			{proposal !== null && <AskDialog firm={firm} proposal={proposal} onClose={() => setProposal(null)} />}
		</>
	);
}
