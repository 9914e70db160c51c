import { useMutation, useQuery } from '@apollo/client/react';
import { AcceptInvitationDocument, ViewerDocument } from '../../kit/api/workspace.generated.ts';
import { useKit } from '../../kit/kit-context.ts';
import { useSave, useTitle } from '../../kit/parts/index.ts';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { AcceptanceFailed } from './acceptance-failed.tsx';
import { forgetInvitation } from './pending-invitation.ts';

/** What the end of a link looks like; another one was cut on its way. */
const SECRET = /^[A-Za-z0-9_-]{64}$/;

/** Says who is signed in, and lets this person accept. It is shown before anything of a firm, since the person may belong to none. */
export function AcceptInvitation({ secret }: { readonly secret: string }) {
	useTitle('Invitation');
	const { account, signOut } = useKit();
	const { data, client } = useQuery(ViewerDocument);
	const [accept] = useMutation(AcceptInvitationDocument);
	const readViewer = () => client.refetchQueries({ include: [ViewerDocument] }).then(undefined, () => undefined);
	const { isSaving, error, submit } = useSave(async () => {
		await accept({ variables: { input: { invitation: secret } } });
		// Before the page forgets why it is here, so that the next thing it shows is the firm.
		await readViewer();
		forgetInvitation();
	}, readViewer);
	const firm = data?.viewer.firm;
	const isCut = !SECRET.test(secret);
	return (
		<main className="alone">
			<h1>You are invited</h1>
			<p>
				You are signed in as{' '}
				<strong>
					<VisibleText text={data?.viewer.email ?? account} />
				</strong>
				. The firm will know you by this account from now on.
			</p>
			<p className="hint">
				You see the firm’s name and your role once you accept, and not before: a link in the wrong hands says nothing of
				them. If you expect no invitation, ask the person from whom you have the link.
			</p>
			{isCut && (
				<p className="note bad" role="alert">
					The link is not complete: it was cut on its way to you. Open the whole link, or ask for another.
				</p>
			)}
			{firm && (
				<p className="note warn">
					This account already belongs to <VisibleText text={firm.name} />, and a person belongs to one firm at a time.
					Sign in with the account that was invited, or ask an owner of <VisibleText text={firm.name} /> to remove you.
				</p>
			)}
			{error !== null && <AcceptanceFailed error={error} />}
			<div className="row">
				{!isCut && !firm && (
					<button type="button" className="primary" aria-disabled={isSaving} onClick={() => void submit()}>
						{isSaving ? 'One moment …' : 'Accept the invitation'}
					</button>
				)}
				<button type="button" onClick={signOut}>
					Sign in as someone else
				</button>
				<button type="button" className="plain" onClick={forgetInvitation}>
					{firm ? 'Go on without it' : 'Not now'}
				</button>
			</div>
		</main>
	);
}
