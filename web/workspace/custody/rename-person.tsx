import { useState } from 'react';
import type { VaultState } from '../../../src/client/vault/index.ts';
import { Dialog, ErrorNote, Field, SaveRow, useSave } from '../../kit/parts/index.ts';
import { useDevice } from '../device/device-context.ts';
import type { PersonOfFirm } from './people-of-state.ts';
import { PersonName } from './person-name.tsx';

interface RenamePersonProps {
	readonly state: VaultState;
	readonly person: PersonOfFirm;
}

/** An owner gives a person a name in the key log. */
export function RenamePerson({ state, person }: RenamePersonProps) {
	const [isOpen, setOpen] = useState(false);
	return (
		<>
			<button type="button" className="small" onClick={() => setOpen(true)}>
				Change the name
				<span className="said">
					{' of '}
					<PersonName state={state} person={person.person} />
				</span>
			</button>
			{isOpen && <RenameDialog person={person} onClose={() => setOpen(false)} />}
		</>
	);
}

interface RenameDialogProps {
	readonly person: PersonOfFirm;
	readonly onClose: () => void;
}

function RenameDialog({ person: { person, name: before }, onClose }: RenameDialogProps) {
	const { act } = useDevice();
	const [name, setName] = useState(before ?? '');
	const { isSaving, error, submit } = useSave(async () => {
		await act((connection) => connection.append(() => connection.parts.vault.renameMember({ person, name })));
		onClose();
	});
	return (
		<Dialog title="Change the name?" onClose={onClose}>
			<form className="stack" onSubmit={submit}>
				<Field
					label="Name in the key log"
					hint="The same name again is a change, too. Any change that you make takes back what this device has agreed to, if it is not decided yet."
				>
					{(control) => (
						<input
							{...control}
							required
							pattern=".*\S.*"
							maxLength={100}
							value={name}
							onChange={({ target }) => setName(target.value)}
						/>
					)}
				</Field>
				{error !== null && <ErrorNote error={error} />}
				<SaveRow label="Save the name" isSaving={isSaving} onCancel={onClose} />
			</form>
		</Dialog>
	);
}
