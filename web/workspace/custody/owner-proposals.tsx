import { useCallback, useEffect, useState } from 'react';
import type { OpenProposal } from '../../../src/client/connection/index.ts';
import type { VaultState } from '../../../src/client/vault/index.ts';
import { Confirm, ErrorNote } from '../../kit/parts/index.ts';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { useDevice } from '../device/device-context.ts';
import { proposalsOf } from './decide.ts';
import { PersonName } from './person-name.tsx';

/** What owners have proposed to each other. Each sentence is made by this device, not by the one that proposes. */
export function OwnerProposals({ state }: { readonly state: VaultState }) {
	const { firmseal } = useDevice();
	const [proposals, setProposals] = useState<readonly OpenProposal[]>([]);
	const [error, setError] = useState<unknown>(null);
	const { connection } = firmseal;
	const read = useCallback(
		() =>
			proposalsOf(connection)
				.list()
				.then(
					(listed) => {
						setProposals(listed);
						setError(null);
					},
					(failure: unknown) => setError(failure),
				),
		[connection],
	);
	// biome-ignore lint/correctness/useExhaustiveDependencies: a new state may have decided one
	useEffect(() => void read(), [read, state]);
	if (proposals.length === 0 && error === null) return null;
	return (
		<section className="stack" aria-labelledby="proposals">
			<h2 id="proposals">Decisions that wait</h2>
			{error !== null && <ErrorNote error={error} onRetry={read} />}
			<ul className="plain-list stack">
				{proposals.map((proposal) => (
					<li key={proposal.id}>
						<ProposalCard state={state} open={proposal} />
					</li>
				))}
			</ul>
		</section>
	);
}

interface ProposalCardProps {
	readonly state: VaultState;
	readonly open: OpenProposal;
}

function ProposalCard({ state, open }: ProposalCardProps) {
	const { person, proposal, isAgreed } = open;
	const { act } = useDevice();
	const isOwn = person === state.device.person;
	const what = (
		<p>
			<VisibleText text={proposal.summary} />
		</p>
	);
	return (
		<article className="card stack tight">
			{what}
			<p className="quiet">
				Proposed by <PersonName state={state} person={person} />.{' '}
				{isAgreed ? 'Another owner has agreed.' : 'No other owner has agreed yet.'}
			</p>
			<div className="row">
				{isOwn && isAgreed && (
					<Confirm
						label="Complete it"
						title="Complete this decision?"
						isSmall
						onConfirm={() => act((connection) => proposalsOf(connection).complete(open))}
					>
						{what}
					</Confirm>
				)}
				{!isOwn && !isAgreed && (
					<Confirm
						label="Agree"
						title="Agree to this decision?"
						isSmall
						onConfirm={() => act((connection) => proposalsOf(connection).agree(open))}
					>
						{what}
						<p>
							Your own device says this of it. Agree only if the owner who proposes it has told you so, in person or by
							telephone.
						</p>
					</Confirm>
				)}
				<Confirm
					label={isOwn ? 'Withdraw' : 'Refuse'}
					title={isOwn ? 'Withdraw this proposal?' : 'Refuse this proposal?'}
					isSmall
					onConfirm={() => act((connection) => proposalsOf(connection).end(open))}
				>
					{what}
				</Confirm>
			</div>
		</article>
	);
}
