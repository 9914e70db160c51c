import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { SetMemberRoleDocument } from '../../../kit/api/workspace.generated.ts';
import { Dialog, ErrorNote, SaveRow, useSave } from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { useViewer } from '../../viewer.ts';
import { FRESH, type Member } from './member-words.ts';
import { RoleFields } from './role-fields.tsx';

interface ChangeRoleProps {
	readonly member: Member;
	readonly onChanged: () => Promise<unknown>;
}

/** A button, and the dialog that gives a person another role. */
export function ChangeRole({ member, onChanged }: ChangeRoleProps) {
	const [isOpen, setOpen] = useState(false);
	return (
		<>
			<button type="button" className="small" onClick={() => setOpen(true)}>
				Change role
				<span className="said">
					{' of '}
					<VisibleText text={member.email} />
				</span>
			</button>
			{isOpen && <ChangeRoleDialog member={member} onChanged={onChanged} onClose={() => setOpen(false)} />}
		</>
	);
}

function ChangeRoleDialog({ member, onChanged, onClose }: ChangeRoleProps & { readonly onClose: () => void }) {
	const isSelf = useViewer().id === member.id;
	const [role, setRole] = useState(member.role ?? 'MEMBER');
	const [clientId, setClient] = useState(member.client?.id ?? '');
	const [set] = useMutation(SetMemberRoleDocument);
	const { isSaving, error, submit } = useSave(async () => {
		await set({ variables: { input: { userId: member.id, role, clientId: role === 'CLIENT' ? clientId : null } } });
		await onChanged();
		onClose();
	}, onChanged);
	const isOfOwner = (member.role === 'OWNER' || role === 'OWNER') && role !== member.role;
	return (
		<Dialog title="Change the role" onClose={onClose}>
			<form className="stack" onSubmit={submit}>
				<p>
					<VisibleText text={member.name} />, <VisibleText text={member.email} />
				</p>
				<RoleFields
					role={role}
					clientId={clientId}
					onChange={(part) => {
						if (part.role) setRole(part.role);
						if (part.clientId !== undefined) setClient(part.clientId);
					}}
				/>
				{isSelf && role !== 'OWNER' && (
					<p className="note warn">You take away your own rights as an owner. Only another owner can give them back.</p>
				)}
				<p className="hint">
					The new role counts from their next request on. All owners get a notice. {isOfOwner && FRESH}
				</p>
				{error !== null && <ErrorNote error={error} />}
				<SaveRow label="Change the role" isSaving={isSaving} onCancel={onClose} />
			</form>
		</Dialog>
	);
}
