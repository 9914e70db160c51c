import { useState } from 'react';
import type { Decided } from '../../../src/client/connection/index.ts';
import type { VaultOperations, VaultState } from '../../../src/client/vault/index.ts';
import { Dialog, ErrorNote, focusHere, SaveRow, useLeaveGuard, useSave } from '../../kit/parts/index.ts';
import './custody.css';
import { useDevice } from '../device/device-context.ts';
import { proposalsOf } from './decide.ts';
import { OutcomeNote } from './outcome-note.tsx';
import { ownersOf, ownOf } from './people-of-state.ts';
import { type SharesDraft, SharesFields } from './shares-fields.tsx';
import { firstSupport, SupportFields } from './support-fields.tsx';
import { TypeCode } from './type-code.tsx';

interface MakeRecoveryProps {
	readonly state: VaultState;
	readonly onClose: () => void;
}

type Made = Awaited<ReturnType<VaultOperations['setRecovery']>>;

/** An owner writes a new code down, types it back, and only then decides. */
export function MakeRecovery({ state, onClose }: MakeRecoveryProps) {
	const [made, setMade] = useState<Made | null>(null);
	const [isWritten, setWritten] = useState(false);
	const [outcome, setOutcome] = useState<Decided | null>(null);
	const isAtRisk = made !== null && outcome === null;
	useLeaveGuard(isAtRisk);
	const close = () => (!isAtRisk || confirm(QUESTION)) && onClose();
	const title = 'Prepare recovery';
	if (outcome !== null)
		return (
			<Dialog title={title} onClose={onClose}>
				<OutcomeNote outcome={outcome} onClose={onClose} />
			</Dialog>
		);
	return (
		<Dialog title={title} onClose={close}>
			{made === null && <Begin state={state} onMade={setMade} onClose={close} />}
			{made !== null && made.code !== null && !isWritten && (
				<ShownCode code={made.code} onWritten={() => setWritten(true)} />
			)}
			{made !== null && made.code !== null && isWritten && state.isCodeToConfirm && (
				<>
					<TypeCode />
					<div>
						<button type="button" onClick={() => setWritten(false)}>
							Show the code again
						</button>
					</div>
				</>
			)}
			{made !== null && (made.code === null || (isWritten && !state.isCodeToConfirm)) && (
				<DecideRecovery state={state} made={made} onDecided={setOutcome} onClose={close} />
			)}
		</Dialog>
	);
}

const QUESTION = 'Recovery is not prepared yet, and a code that was shown does not count. Close it?';

interface BeginProps extends MakeRecoveryProps {
	readonly onMade: (made: Made) => void;
}

function Begin({ state, onMade, onClose }: BeginProps) {
	const { act } = useDevice();
	const [isCode, setCode] = useState(true);
	const [shares, setShares] = useState<SharesDraft | null>(null);
	const others = ownersOf(state).filter(({ person }) => person !== state.device.person);
	const { isSaving, error, submit } = useSave(async () => {
		if (!isCode && shares === null) throw new Error('Choose a code, shares, or both.');
		await act(async (connection) => {
			await connection.refresh();
			onMade(await connection.parts.vault.setRecovery({ code: isCode, owners: shares }));
		});
	});
	return (
		<form className="stack" onSubmit={submit}>
			<p>It lets a new browser of yours join when all your devices are lost.</p>
			<label className="choice">
				<input type="checkbox" checked={isCode} onChange={({ target }) => setCode(target.checked)} />
				<span>
					<strong>A recovery code</strong>{' '}
					<span className="quiet">
						It has 32 characters. You write it down, and keep it where no one else gets at it.
					</span>
				</span>
			</label>
			<SharesFields state={state} holders={others} shares={shares} onChange={setShares} />
			{ownOf(state)?.recovery.length !== 0 && <p>It replaces the ways of recovery that you have now.</p>}
			{error !== null && <ErrorNote error={error} />}
			<SaveRow label="Go on" isSaving={isSaving} onCancel={onClose} />
		</form>
	);
}

/** The code, this once. */
function ShownCode({ code, onWritten }: { readonly code: string; readonly onWritten: () => void }) {
	return (
		<div className="stack recovery-sheet">
			<p>
				<strong>Write this down, or print it. It is shown only now.</strong>
			</p>
			<p className="recovery-code mono" ref={focusHere} tabIndex={-1}>
				{code}
			</p>
			<ul>
				<li>Keep it on paper, as you would keep a key. Do not photograph it, and do not send it to anyone.</li>
				<li>With this code and a sign-in in your name, someone could read what you read.</li>
				<li>The platform does not have it, and will never ask you for it.</li>
			</ul>
			<div className="row no-print">
				<button type="button" className="primary" onClick={onWritten}>
					I have written it down
				</button>
				<button type="button" onClick={() => print()}>
					Print
				</button>
			</div>
		</div>
	);
}

interface DecideRecoveryProps extends MakeRecoveryProps {
	readonly made: Made;
	readonly onDecided: (decided: Decided) => void;
}

/** The first ways of a firm's only owner need no one else. */
function DecideRecovery({ state, made, onDecided, onClose }: DecideRecoveryProps) {
	const { act } = useDevice();
	const [support, setSupport] = useState(() => firstSupport(state));
	const { isSaving, error, submit } = useSave(() =>
		act(async (connection) => {
			onDecided(await proposalsOf(connection).decide(async () => made.proposal, support));
		}),
	);
	return (
		<form className="stack" onSubmit={submit}>
			{made.code !== null && (
				<p className="note good" role="status">
					The code is right. One more step: it does not count yet.
				</p>
			)}
			{made.proposal.needsAgreement && <SupportFields state={state} support={support} onChange={setSupport} />}
			{made.proposal.needsAgreement && support.by === 'CODE' && (
				<p className="hint">This is your old code, the one that counts until now.</p>
			)}
			{made.proposal.shares.length > 0 && made.proposal.needsAgreement && (
				<p className="note warn">
					The shares are on this page only, until another owner has agreed and you have completed it. Keep the page open
					until then, or begin again.
				</p>
			)}
			{error !== null && <ErrorNote error={error} />}
			<SaveRow label="Finish" isSaving={isSaving} onCancel={onClose} />
		</form>
	);
}
