import { useMutation } from '@apollo/client/react';
import { SignOutEverywhereDocument } from '../../../kit/api/workspace.generated.ts';
import { useKit } from '../../../kit/kit-context.ts';
import { Confirm, useTitle } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { useViewer } from '../../viewer.ts';
import { ROLE_MEANINGS, ROLE_WORDS } from '../members/member-words.ts';

/** A person's own account, and the ways to end its sessions. */
export function Account() {
	useTitle('Account');
	const viewer = useViewer();
	const { account, signOut } = useKit();
	const [endAll] = useMutation(SignOutEverywhereDocument);
	return (
		<>
			<h1>Account</h1>
			<dl className="facts card">
				<dt>Name</dt>
				<dd>
					<VisibleText text={viewer.name} />
				</dd>
				<dt>Address</dt>
				<dd>
					<VisibleText text={viewer.email} />
				</dd>
				<dt>Signed in as</dt>
				<dd>
					<VisibleText text={account} />
				</dd>
				<dt>Firm</dt>
				<dd>{viewer.firm ? <VisibleText text={viewer.firm.name} /> : '—'}</dd>
				{viewer.client && (
					<>
						<dt>Client</dt>
						<dd>
							<VisibleText text={viewer.client.name} />
						</dd>
					</>
				)}
				{viewer.role && (
					<>
						<dt>Role</dt>
						<dd>
							{ROLE_WORDS[viewer.role]} <span className="quiet">{ROLE_MEANINGS[viewer.role]}</span>
						</dd>
					</>
				)}
				<dt>Since</dt>
				<dd>
					<Time at={viewer.createdAt} show="day" />
				</dd>
			</dl>
			<section className="stack reading" aria-labelledby="sessions">
				<h2 id="sessions">Sessions</h2>
				<p>
					Signing out ends the session in this browser. If you lost a device, or someone else may be signed in as you,
					sign out everywhere: all sessions of your account end at once.
				</p>
				<div className="row">
					<button type="button" onClick={signOut}>
						Sign out of this browser
					</button>
					<Confirm
						label="Sign out everywhere"
						isDangerous
						title="Sign out everywhere?"
						onConfirm={async () => {
							await endAll();
							signOut();
						}}
					>
						<p>
							Every session of your account ends at once, this one included, and links for downloads that you made no
							longer work. Anyone who is signed in as you must sign in again. What is not saved on your other screens is
							lost.
						</p>
					</Confirm>
				</div>
			</section>
		</>
	);
}
