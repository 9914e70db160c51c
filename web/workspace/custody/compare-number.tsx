import { useCallback, useState } from 'react';
import type { VaultOperations, VaultState } from '../../../src/client/vault/index.ts';
import { Dialog, ErrorNote, useSave } from '../../kit/parts/index.ts';
import { Time } from '../../kit/text/time.tsx';
import { useDevice } from '../device/device-context.ts';
import './custody.css';
import { PersonName } from './person-name.tsx';
import { useVaultAnswer } from './use-vault-answer.ts';

interface CompareNumberProps {
	readonly state: VaultState;
	/** The other person's id. */
	readonly person: string;
}

type SafetyNumber = Awaited<ReturnType<VaultOperations['safetyNumber']>>;

/** When the two people last compared their number, and the dialog in which they do. */
export function CompareNumber({ state, person }: CompareNumberProps) {
	const ask = useCallback((vault: VaultOperations) => vault.safetyNumber({ person }), [person]);
	const { answer, error } = useVaultAnswer(ask);
	const [isOpen, setOpen] = useState(false);
	if (error !== null) return <ErrorNote error={error} />;
	if (answer === null) return <p role="status">Loading …</p>;
	return (
		<div className="row">
			<Compared number={answer} />
			<button type="button" className="small" onClick={() => setOpen(true)}>
				Compare the safety number
				<span className="said">
					{' with '}
					<PersonName state={state} person={person} />
				</span>
			</button>
			{isOpen && <CompareDialog state={state} person={person} number={answer} onClose={() => setOpen(false)} />}
		</div>
	);
}

function Compared({ number: { comparedAt, isCompared } }: { readonly number: SafetyNumber }) {
	if (comparedAt === null) return <span className="badge warn">never compared</span>;
	const at = <Time at={new Date(comparedAt).toISOString()} show="day" />;
	return isCompared ? (
		<span className="badge good">compared {at}</span>
	) : (
		<span className="badge">compared {at}; people or devices have changed since</span>
	);
}

interface CompareDialogProps extends CompareNumberProps {
	readonly number: SafetyNumber;
	readonly onClose: () => void;
}

function CompareDialog({ state, person, number, onClose }: CompareDialogProps) {
	const { act } = useDevice();
	const [isOther, setOther] = useState(false);
	const { isSaving, error, submit } = useSave(async () => {
		await act(({ parts }) => parts.vault.markCompared({ person, number: number.number }));
		onClose();
	});
	return (
		<Dialog title="Compare the safety number" onClose={onClose}>
			<form className="stack" onSubmit={submit}>
				<p>
					Call <PersonName state={state} person={person} />, or meet, and let them open this dialog for your name. Read
					the number to each other.
				</p>
				<p className="safety-number mono">
					{number.number.split(' ').map((group, at) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: the groups of one number have no other identity
						<span key={at}>{group} </span>
					))}
				</p>
				<p className="hint">
					Up to entry {number.seq} of the firm’s key log. The same number means that you both see the same people,
					devices and history. If yours is older, both reload and compare again.
				</p>
				{isOther && (
					<p className="note bad" role="alert">
						First both of you reload, and compare again. If the numbers still differ, someone shows you different people
						or devices: add no one, decide nothing, and report it to all owners by telephone.
					</p>
				)}
				{error !== null && <ErrorNote error={error} />}
				<div className="row">
					<button type="submit" className={isOther ? undefined : 'primary'} aria-disabled={isSaving}>
						{isSaving ? 'One moment …' : 'They are the same'}
					</button>
					<button type="button" onClick={() => setOther(true)}>
						They differ
					</button>
					<button type="button" onClick={onClose}>
						Cancel
					</button>
				</div>
			</form>
		</Dialog>
	);
}
