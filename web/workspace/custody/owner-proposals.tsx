import { useCallback, useEffect, useState } from 'react';
import type { OpenProposal } from '../../../src/client/connection/index.ts';
import type { VaultState } from '../../../src/client/vault/index.ts';
import { ErrorNote } from '../../kit/parts/index.ts';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { useDevice } from '../device/device-context.ts';
import { lossOf, proposalsOf } from './decide.ts';
import { LossNote } from './loss-note.tsx';
import { PersonName } from './person-name.tsx';
import { type OpenedProposal, ProposalDialog } from './proposal-dialog.tsx';
import { useOpened } from './use-opened.ts';

/** What owners have proposed to each other. Each sentence is made by this device, not by the one that proposes. */
export function OwnerProposals({ state }: { readonly state: VaultState }) {
	const { firmseal, act } = useDevice();
	const [proposals, setProposals] = useState<readonly OpenProposal[]>([]);
	const [error, setError] = useState<unknown>(null);
	const dialog = useOpened<OpenedProposal>(({ open }) => lossOf(open, proposals));
	const { connection } = firmseal;
	const list = useCallback(async () => {
		const listed = await proposalsOf(connection).list();
		setProposals(listed);
		setError(null);
		return listed;
	}, [connection]);
	const read = useCallback(() => list().catch(setError), [list]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: a new state may have decided one
	useEffect(() => void read(), [read, state]);
	const { opened, loss } = dialog;
	if (proposals.length === 0 && error === null && loss === null) return null;
	return (
		<section className="stack" aria-labelledby="proposals">
			<h2 id="proposals">Decisions that wait</h2>
			{loss !== null && <LossNote loss={loss} onClose={dialog.close} />}
			{error !== null && <ErrorNote error={error} onRetry={read} />}
			<ul className="plain-list stack">
				{proposals.map((proposal) => (
					<li key={proposal.id}>
						<ProposalCard state={state} open={proposal} onOpen={dialog.open} />
					</li>
				))}
			</ul>
			{opened !== null && (
				<ProposalDialog
					state={state}
					opened={opened}
					onClose={dialog.close}
					onConfirm={(run) =>
						dialog.act(async () => {
							// The service may have exchanged it without a word.
							if (lossOf(opened.open, await list()) !== null) return false;
							await act((own) => run(proposalsOf(own)));
							return true;
						})
					}
				/>
			)}
		</section>
	);
}

interface ProposalCardProps {
	readonly state: VaultState;
	readonly open: OpenProposal;
	readonly onOpen: (opened: OpenedProposal) => void;
}

function ProposalCard({ state, open, onOpen }: ProposalCardProps) {
	const { person, proposal, isAgreed } = open;
	const isOwn = person === state.device.person;
	const button = (act: OpenedProposal['act'], label: string) => (
		<button type="button" className="small" onClick={() => onOpen({ open, act })}>
			{label}
		</button>
	);
	return (
		<article className="card stack tight">
			<p>
				<VisibleText text={proposal.summary} />
			</p>
			<p className="quiet">
				Proposed by <PersonName state={state} person={person} />.{' '}
				{isAgreed ? 'Another owner has agreed.' : 'No other owner has agreed yet.'}
			</p>
			{isOwn && hasShares(open) && (
				<p className="note warn">
					The shares are only on the page on which you proposed this. Keep it open until you have completed it, or
					withdraw it here and begin again.
				</p>
			)}
			<div className="row">
				{isOwn && isAgreed && button('COMPLETE', 'Complete it')}
				{!isOwn && !isAgreed && button('AGREE', 'Agree')}
				{button('END', isOwn ? 'Withdraw' : 'Refuse')}
			</div>
		</article>
	);
}

/** Whether it makes shares of a recovery key, which stay on the page until it is complete. */
const hasShares = ({ proposal: { body } }: OpenProposal): boolean =>
	'ways' in body && body.ways.some(({ way }) => way === 'OWNERS');
