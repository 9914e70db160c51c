import { type ReactNode, useState } from 'react';
import type { Decided, ProposalSteps } from '../../../src/client/connection/index.ts';
import type { VaultState } from '../../../src/client/vault/index.ts';
import { Dialog, ErrorNote, SaveRow, useSave } from '../../kit/parts/index.ts';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { useDevice } from '../device/device-context.ts';
import { proposalsOf } from './decide.ts';
import { OutcomeNote } from './outcome-note.tsx';
import { firstSupport, SupportFields } from './support-fields.tsx';

interface DecisionProps {
	readonly state: VaultState;
	/** What the button that opens the dialog says. */
	readonly label: string;
	/** What the decision is about, for a screen reader, where several buttons say the same. */
	readonly about?: string;
	readonly title: string;
	/** What will happen. */
	readonly children: ReactNode;
	readonly make: Parameters<ProposalSteps['decide']>[0];
	/** What has to be done once before, such as a first data key. */
	readonly prepare?: () => Promise<void>;
	/** What a refusal of the service means here; null if it says enough itself. */
	readonly explain?: (error: unknown) => Error | null;
	readonly isDangerous?: boolean;
}

/** A button, and the dialog of a decision that one owner cannot make alone. */
export function Decision({ label, about, isDangerous = false, ...dialog }: DecisionProps) {
	const [isOpen, setOpen] = useState(false);
	return (
		<>
			<button type="button" className={isDangerous ? 'small danger' : 'small'} onClick={() => setOpen(true)}>
				{label}
				{about !== undefined && (
					<span className="said">
						{' '}
						<VisibleText text={about} />
					</span>
				)}
			</button>
			{isOpen && <DecisionDialog {...dialog} label={label} onClose={() => setOpen(false)} />}
		</>
	);
}

function DecisionDialog({
	state,
	label,
	title,
	children,
	make,
	prepare,
	explain,
	onClose,
}: Omit<DecisionProps, 'about' | 'isDangerous'> & { readonly onClose: () => void }) {
	const { act } = useDevice();
	const [support, setSupport] = useState(() => firstSupport(state));
	const [waiting, setWaiting] = useState<Decided | null>(null);
	const { isSaving, error, submit } = useSave(async () => {
		let outcome: Decided = 'DONE';
		try {
			await prepare?.();
			await act(async (connection) => {
				outcome = await proposalsOf(connection).decide(make, support);
			});
		} catch (failure) {
			throw explain?.(failure) ?? failure;
		}
		// What is decided is seen on the screen itself.
		if (outcome === 'DONE') onClose();
		else setWaiting(outcome);
	});
	if (waiting !== null)
		return (
			<Dialog title={title} onClose={onClose}>
				<OutcomeNote outcome={waiting} onClose={onClose} />
			</Dialog>
		);
	return (
		<Dialog title={title} onClose={onClose}>
			<form className="stack" onSubmit={submit}>
				{children}
				<SupportFields state={state} support={support} onChange={setSupport} />
				{error !== null && <ErrorNote error={error} />}
				<SaveRow label={support.by === 'CODE' ? label : WAITING[support.by]} isSaving={isSaving} onCancel={onClose} />
			</form>
		</Dialog>
	);
}

const WAITING = { SECOND_OWNER: 'Ask another owner', NOTICE: 'Announce it' } as const;
