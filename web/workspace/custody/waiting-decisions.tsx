import { useCallback, useState } from 'react';
import type { VaultOperations, VaultState } from '../../../src/client/vault/index.ts';
import { Confirm, ErrorNote } from '../../kit/parts/index.ts';
import { Time } from '../../kit/text/time.tsx';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { useDevice } from '../device/device-context.ts';
import { NOTICE_HOURS } from './decide.ts';
import { isOwnerOf } from './people-of-state.ts';
import { PersonName } from './person-name.tsx';
import { useVaultAnswer } from './use-vault-answer.ts';

type Notice = VaultState['notices'][number];
type ReadProposal = Parameters<VaultOperations['readProposal']>[0];

const HOUR = 3_600_000;

/** Decisions that were announced to all devices, in a firm of one owner. */
export function Notices({ state }: { readonly state: VaultState }) {
	const [since] = useState(() => Date.now() - NOTICE_HOURS * HOUR);
	const notices = state.notices.filter(({ isOpen, firstSeen }) => isOpen || firstSeen > since);
	if (notices.length === 0) return null;
	return (
		<section className="stack" aria-labelledby="notices-of-log">
			<h2 id="notices-of-log">Announced by an owner alone</h2>
			<p className="reading">
				An owner who decides without a second one announces it {NOTICE_HOURS} hours before. If you did not expect one of
				these, ask the owner at once, by telephone.
			</p>
			<ul className="plain-list stack">
				{notices.map((notice) => (
					<li key={notice.seq}>
						<NoticeCard state={state} notice={notice} />
					</li>
				))}
			</ul>
		</section>
	);
}

interface NoticeCardProps {
	readonly state: VaultState;
	readonly notice: Notice;
}

const proposalOf = ({ kind, body }: Notice): ReadProposal => ({ kind, body: JSON.parse(body) }) as ReadProposal;

function NoticeCard({ state, notice }: NoticeCardProps) {
	const { act } = useDevice();
	const ask = useCallback((vault: VaultOperations) => vault.readProposal(proposalOf(notice)), [notice]);
	const { answer, error } = useVaultAnswer(ask);
	const from = notice.firstSeen + NOTICE_HOURS * HOUR;
	const isOver = from <= Date.now();
	const isOwn = notice.person === state.device.person && isOwnerOf(state);
	return (
		<article className="card stack tight">
			{error !== null && <ErrorNote error={error} />}
			{answer && (
				<p>
					<VisibleText text={answer.summary} />
				</p>
			)}
			<p className="quiet">
				By <PersonName state={state} person={notice.person} />. This device has known it since{' '}
				<Time at={new Date(notice.firstSeen).toISOString()} />
				{isOver ? (
					'.'
				) : (
					<>
						, and it can count from <Time at={new Date(from).toISOString()} /> on.
					</>
				)}
			</p>
			{isOwn && isOver && notice.isOpen && answer && (
				<div>
					<Confirm
						label="Complete it"
						title="Complete this decision?"
						isSmall
						onConfirm={() =>
							act((connection) =>
								connection.append(() =>
									connection.parts.vault.complete({ proposal: answer, approval: { notice: notice.seq } }),
								),
							)
						}
					>
						<p>
							<VisibleText text={answer.summary} />
						</p>
					</Confirm>
				</div>
			)}
		</article>
	);
}
