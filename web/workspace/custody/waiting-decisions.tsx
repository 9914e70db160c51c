import { useCallback, useState } from 'react';
import type { VaultOperations, VaultState } from '../../../src/client/vault/index.ts';
import { ConfirmDialog, ErrorNote, Fact } from '../../kit/parts/index.ts';
import { Time } from '../../kit/text/time.tsx';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { useIsOver } from '../../kit/use-is-over.ts';
import { useDevice } from '../device/device-context.ts';
import { NOTICE_HOURS } from './decide.ts';
import { LossNote } from './loss-note.tsx';
import { isOwnerOf } from './people-of-state.ts';
import { PersonName } from './person-name.tsx';
import { useOpened } from './use-opened.ts';
import { useVaultAnswer } from './use-vault-answer.ts';
import { PersonInFull, WholeDecision } from './whole-decision.tsx';

type Notice = VaultState['notices'][number];
type ReadProposal = Parameters<VaultOperations['readProposal']>[0];
type Proposal = Awaited<ReturnType<VaultOperations['readProposal']>>;

interface OpenedNotice {
	readonly notice: Notice;
	readonly proposal: Proposal;
}

const HOUR = 3_600_000;

/** Decisions that were announced to all devices, in a firm of one owner. */
export function Notices({ state }: { readonly state: VaultState }) {
	const { act } = useDevice();
	const [since] = useState(() => Date.now() - NOTICE_HOURS * HOUR);
	const notices = state.notices.filter(({ isOpen, firstSeen }) => isOpen || firstSeen > since);
	const { opened, loss, ...dialog } = useOpened<OpenedNotice>(({ notice: { seq } }) =>
		notices.some((each) => each.seq === seq && each.isOpen) ? null : 'GONE',
	);
	if (notices.length === 0 && loss === null) return null;
	return (
		<section className="stack" aria-labelledby="notices-of-log">
			<h2 id="notices-of-log">Announced by an owner alone</h2>
			{loss !== null && <LossNote loss={loss} onClose={dialog.close} />}
			<p className="reading">
				An owner who decides without a second one announces it {NOTICE_HOURS} hours before. If you did not expect one of
				these, ask the owner at once, by telephone.
			</p>
			<ul className="plain-list stack">
				{notices.map((notice) => (
					<li key={notice.seq}>
						<NoticeCard state={state} notice={notice} onOpen={dialog.open} />
					</li>
				))}
			</ul>
			{opened !== null && (
				<CompleteDialog
					state={state}
					opened={opened}
					onClose={dialog.close}
					onConfirm={() =>
						dialog.act(async () => {
							const { proposal, notice } = opened;
							await act((connection) =>
								connection.append(() =>
									connection.parts.vault.complete({ proposal, approval: { notice: notice.seq } }),
								),
							);
							return true;
						})
					}
				/>
			)}
		</section>
	);
}

interface NoticeCardProps {
	readonly state: VaultState;
	readonly notice: Notice;
	readonly onOpen: (opened: OpenedNotice) => void;
}

const proposalOf = ({ kind, body }: Notice): ReadProposal => ({ kind, body: JSON.parse(body) }) as ReadProposal;

/** RFC 3339. By the clock of this device, which has to have known it for so long. */
const isoOf = (milliseconds: number): string => new Date(milliseconds).toISOString();
const endOf = ({ firstSeen }: Notice): string => isoOf(firstSeen + NOTICE_HOURS * HOUR);

function NoticeCard({ state, notice, onOpen }: NoticeCardProps) {
	const ask = useCallback((vault: VaultOperations) => vault.readProposal(proposalOf(notice)), [notice]);
	const { answer, error } = useVaultAnswer(ask);
	const isOver = useIsOver(endOf(notice));
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
				<Time at={isoOf(notice.firstSeen)} />
				{isOver ? (
					'.'
				) : (
					<>
						, and it can count from <Time at={endOf(notice)} /> on.
					</>
				)}
			</p>
			{isOwn && notice.isOpen && (
				<p className="hint">
					If you did not announce this yourself, someone else has a device of yours. On another one, press “A device is
					lost” at once, and remove it: any change that another device of yours makes in the key log ends this.
				</p>
			)}
			{isOwn && notice.isOpen && answer && (
				<div>
					<button type="button" className="small" onClick={() => onOpen({ notice, proposal: answer })}>
						Complete it
					</button>
				</div>
			)}
		</article>
	);
}

interface CompleteDialogProps {
	readonly state: VaultState;
	readonly opened: OpenedNotice;
	readonly onConfirm: () => Promise<unknown>;
	readonly onClose: () => void;
}

function CompleteDialog({ state, opened: { notice, proposal }, onConfirm, onClose }: CompleteDialogProps) {
	const end = endOf(notice);
	const isOver = useIsOver(end);
	return (
		<ConfirmDialog
			title="Complete this decision?"
			confirm="Complete it"
			blocked={
				isOver ? null : (
					<>
						This cannot be completed yet. The {NOTICE_HOURS} hours, in which your other devices can end it, are over on{' '}
						<Time at={end} />.
					</>
				)
			}
			onConfirm={onConfirm}
			onClose={onClose}
		>
			<WholeDecision state={state} proposal={proposal}>
				<Fact name="Announced by">
					<PersonInFull state={state} person={notice.person} />
				</Fact>
				<Fact name="Known here since">
					<Time at={isoOf(notice.firstSeen)} />
				</Fact>
				{isOver && (
					<Fact name={`${NOTICE_HOURS} hours`}>
						over since <Time at={end} />
					</Fact>
				)}
			</WholeDecision>
			<p>Once you complete it, it stands in the firm’s key log, and counts at once.</p>
		</ConfirmDialog>
	);
}
