import type { OpenProposal, ProposalSteps } from '../../../src/client/connection/index.ts';
import type { VaultState } from '../../../src/client/vault/index.ts';
import { ConfirmDialog, Fact } from '../../kit/parts/index.ts';
import { PersonInFull, WholeDecision } from './whole-decision.tsx';

/** A proposal as the person has opened it, and what they are about to do with it. */
export interface OpenedProposal {
	readonly open: OpenProposal;
	readonly act: 'AGREE' | 'COMPLETE' | 'END';
}

interface ProposalDialogProps {
	readonly state: VaultState;
	readonly opened: OpenedProposal;
	/** Runs what the person has confirmed, if the service still shows what they have read. */
	readonly onConfirm: (run: (steps: ProposalSteps) => Promise<unknown>) => Promise<unknown>;
	readonly onClose: () => void;
}

export function ProposalDialog({ state, opened: { open, act }, onConfirm, onClose }: ProposalDialogProps) {
	const { person, proposal, isAgreed } = open;
	const isOwn = person === state.device.person;
	const whole = (
		<WholeDecision state={state} proposal={proposal}>
			<Fact name="Proposed by">
				<PersonInFull state={state} person={person} />
				<p className="hint">
					{isOwn ? 'This is you, by the service’s word.' : 'The service says so; your device cannot verify it.'}
				</p>
			</Fact>
		</WholeDecision>
	);
	if (act === 'AGREE')
		return (
			<ConfirmDialog
				title="Agree to this decision?"
				confirm="Agree"
				onConfirm={() => onConfirm((steps) => steps.agree(open))}
				onClose={onClose}
			>
				<p>Your own device has read the proposal, and says this of it:</p>
				{whole}
				<ul>
					<li>Agree only if that owner has told you so, in person or by telephone.</li>
					<li>With your agreement they can complete it at once, or later.</li>
					<li>
						You cannot take an agreement back by a button. It holds until some other decision of owners is completed, or
						until this device of yours makes another change in the key log, such as saving another choice of what
						members read.
					</li>
				</ul>
			</ConfirmDialog>
		);
	if (act === 'COMPLETE')
		return (
			<ConfirmDialog
				title="Complete this decision?"
				confirm="Complete it"
				onConfirm={() => onConfirm((steps) => steps.complete(open))}
				onClose={onClose}
			>
				{whole}
				<p>Another owner has agreed. Once you complete it, it stands in the firm’s key log, and counts at once.</p>
			</ConfirmDialog>
		);
	return (
		<ConfirmDialog
			title={isOwn ? 'Withdraw this proposal?' : 'Refuse this proposal?'}
			confirm={isOwn ? 'Withdraw' : 'Refuse'}
			onConfirm={() => onConfirm((steps) => steps.end(open))}
			onClose={onClose}
		>
			{whole}
			<p>
				It disappears from this list, for all owners.
				{isAgreed &&
					' The agreement that was given is not undone by this: it holds until some other decision of owners is completed, or until the device that gave it makes another change in the key log.'}
			</p>
		</ConfirmDialog>
	);
}
