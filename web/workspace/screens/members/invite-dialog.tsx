import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import {
	type FirmRole,
	InvitationsDocument,
	InviteMemberDocument,
	type InviteMemberMutation,
} from '../../../kit/api/workspace.generated.ts';
import { confirmLoss, Dialog, ErrorNote, Field, SaveRow, useLeaveGuard, useSave } from '../../../kit/parts/index.ts';
import { InvitationLink } from './invitation-link.tsx';
import { FRESH } from './member-words.ts';
import { RoleFields } from './role-fields.tsx';

interface Draft {
	readonly email: string;
	readonly name: string;
	readonly role: FirmRole;
	readonly clientId: string;
	readonly send: boolean;
}

const EMPTY: Draft = { email: '', name: '', role: 'MEMBER', clientId: '', send: false };

/** Invites a person, and then shows the link, once. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
	const [draft, setDraft] = useState(EMPTY);
	const [invited, setInvited] = useState<InviteMemberMutation['inviteMember']>(null);
	const [invite] = useMutation(InviteMemberDocument, { refetchQueries: [InvitationsDocument] });
	const hasChanges = draft !== EMPTY && invited === null;
	useLeaveGuard(hasChanges);
	const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
	const { isSaving, error, submit } = useSave(async () => {
		const { email, name, role, clientId, send } = draft;
		const input = { email: email.trim(), name: name.trim(), role, send, ...(role === 'CLIENT' && { clientId }) };
		const { data } = await invite({ variables: { input } });
		setInvited(data?.inviteMember ?? null);
	});
	if (invited) return <InvitationLink invited={invited} onClose={onClose} />;
	const close = () => confirmLoss(hasChanges) && onClose();
	return (
		<Dialog title="Invite a person" onClose={close}>
			<form className="stack" onSubmit={submit}>
				<Field label="Name">
					{(control) => (
						<input
							{...control}
							required
							maxLength={200}
							value={draft.name}
							onChange={({ target }) => change({ name: target.value })}
						/>
					)}
				</Field>
				<Field label="E-mail address">
					{(control) => (
						<input
							{...control}
							type="email"
							required
							maxLength={200}
							value={draft.email}
							onChange={({ target }) => change({ email: target.value })}
						/>
					)}
				</Field>
				<RoleFields role={draft.role} clientId={draft.clientId} onChange={change} />
				<label className="choice">
					<input type="checkbox" checked={draft.send} onChange={({ target }) => change({ send: target.checked })} />
					<span>
						Let the platform send the link as well{' '}
						<span className="quiet">Anyone who reads its messages could use the link.</span>
					</span>
				</label>
				{draft.role === 'OWNER' && <p className="hint">{FRESH}</p>}
				{error !== null && <ErrorNote error={error} />}
				<SaveRow label="Make the link" isSaving={isSaving} onCancel={close} />
			</form>
		</Dialog>
	);
}
