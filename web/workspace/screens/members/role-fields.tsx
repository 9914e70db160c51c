import { useId } from 'react';
import type { FirmRole } from '../../../kit/api/workspace.generated.ts';
import { ClientField } from '../../clients/index.ts';
import { ROLE_MEANINGS, ROLE_WORDS, ROLES } from './member-words.ts';

interface RoleFieldsProps {
	readonly role: FirmRole;
	/** Empty for none. */
	readonly clientId: string;
	readonly onChange: (part: { readonly role?: FirmRole; readonly clientId?: string }) => void;
}

/** Which role a person has, and for a portal client, of which client. */
export function RoleFields({ role, clientId, onChange }: RoleFieldsProps) {
	const name = useId();
	return (
		<>
			<fieldset className="stack tight">
				<legend>Role</legend>
				{ROLES.map((each) => (
					<label key={each} className="choice">
						<input type="radio" name={name} checked={role === each} onChange={() => onChange({ role: each })} />
						<span>
							<strong>{ROLE_WORDS[each]}</strong> <span className="quiet">{ROLE_MEANINGS[each]}</span>
						</span>
					</label>
				))}
			</fieldset>
			{role === 'CLIENT' && (
				<ClientField
					label="Client"
					none="Choose a client"
					hint="This person sees what is shared with this client."
					isRequired
					value={clientId}
					onChange={(id) => onChange({ clientId: id })}
				/>
			)}
		</>
	);
}
