import { useState } from 'react';
import type { VaultState } from '../../../src/client/vault/index.ts';
import { ErrorNote, SaveButton, useSave } from '../../kit/parts/index.ts';
import { useDevice } from '../device/device-context.ts';
import { classesOf, classInWords } from './custody-words.ts';

/** An owner chooses what members read of what the firm holds. */
export function MemberClasses({ state }: { readonly state: VaultState }) {
	const { act } = useDevice();
	const names = classesOf(state).map((each) => each.class);
	const present = state.memberClasses ?? names;
	/** Null: as it is. */
	const [draft, setDraft] = useState<readonly string[] | null>(null);
	const [said, setSaid] = useState('');
	const chosen = draft ?? present;
	const hasChanges = draft !== null && names.some((name) => chosen.includes(name) !== present.includes(name));
	const isLost = hasChanges && present.some((name) => !chosen.includes(name));
	const { isSaving, error, submit } = useSave(async () => {
		await act((connection) =>
			connection.append(() =>
				connection.parts.vault.restrictMembers({ classes: names.filter((name) => chosen.includes(name)) }),
			),
		);
		setDraft(null);
		setSaid('Saved in the key log.');
	});
	const change = (name: string, isRead: boolean) => {
		setDraft(names.filter((each) => (each === name ? isRead : chosen.includes(each))));
		setSaid('');
	};
	return (
		<form className="card stack" onSubmit={submit}>
			<fieldset className="stack tight">
				<legend>What members read</legend>
				{names.map((name) => (
					<label key={name} className="choice">
						<input
							type="checkbox"
							checked={chosen.includes(name)}
							onChange={({ target }) => change(name, target.checked)}
						/>
						{classInWords(name)}
					</label>
				))}
			</fieldset>
			<p className="hint">
				It counts for what is in the firm’s custody. Owners read everything.{' '}
				{isLost && 'The firm gets new keys for what members lose; what they have read, they have read.'}
			</p>
			{error !== null && <ErrorNote error={error} />}
			{hasChanges && (
				<div className="row">
					<SaveButton label="Save what members read" isSaving={isSaving} />
					<button type="button" onClick={() => setDraft(null)}>
						Cancel
					</button>
				</div>
			)}
			<span role="status">{said}</span>
		</form>
	);
}
