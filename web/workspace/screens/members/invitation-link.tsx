import { useState } from 'react';
import type { InviteMemberMutation } from '../../../kit/api/workspace.generated.ts';
import { Dialog, Field, useLeaveGuard } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';

interface InvitationLinkProps {
	readonly invited: NonNullable<InviteMemberMutation['inviteMember']>;
	readonly onClose: () => void;
}

const QUESTION = 'You have not copied the link, and it is shown only now. Close it?';

/** The link of a new invitation. No one can show it again. */
export function InvitationLink({ invited: { invitation, path }, onClose }: InvitationLinkProps) {
	const link = new URL(path, location.origin).href;
	const [copied, setCopied] = useState<'NO' | 'YES' | 'BY_HAND'>('NO');
	const isAtRisk = copied === 'NO';
	useLeaveGuard(isAtRisk);
	async function copy() {
		try {
			await navigator.clipboard.writeText(link);
			setCopied('YES');
		} catch {
			// The browser does not allow it: the field is selected instead.
			setCopied('BY_HAND');
			document.querySelector<HTMLInputElement>('.invitation-link input')?.select();
		}
	}
	const close = () => (!isAtRisk || confirm(QUESTION)) && onClose();
	return (
		<Dialog title="The link of the invitation" onClose={close}>
			<p>
				Give this link to <VisibleText text={invitation.name} />, for example by phone or in a message to{' '}
				<VisibleText text={invitation.email} />. <strong>It is shown only now.</strong>
			</p>
			<div className="invitation-link">
				<Field label="Link">
					{(control) => (
						<input
							{...control}
							className="mono"
							readOnly
							value={link}
							onFocus={({ target }) => target.select()}
							onCopy={() => setCopied('YES')}
						/>
					)}
				</Field>
			</div>
			<div className="row">
				<button type="button" className="primary" onClick={() => void copy()}>
					Copy the link
				</button>
				<button type="button" onClick={close}>
					Done
				</button>
				<span role="status">
					{copied === 'YES' && 'Copied.'}
					{copied === 'BY_HAND' && 'The link is selected: copy it with your keyboard.'}
				</span>
			</div>
			<ul>
				<li>Anyone who has the link can join instead of them: send it only to them.</li>
				<li>
					It works once, until <Time at={invitation.expiresAt} />. You can revoke it before.
				</li>
				<li>
					They open it in a browser, sign in, and accept. Tell them your firm and their role: the page names both only
					afterwards.
				</li>
			</ul>
		</Dialog>
	);
}
