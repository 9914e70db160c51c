import { useMutation, useQuery } from '@apollo/client/react';
import { InvitationsDocument, RevokeInvitationDocument } from '../../../kit/api/workspace.generated.ts';
import { useLive } from '../../../kit/events/use-live.ts';
import { Confirm, ErrorNote, Person } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { ROLE_WORDS } from './member-words.ts';

const KINDS = ['MEMBER'];

/** Invitations that no one has accepted yet. */
export function OpenInvitations() {
	const { data, error, refetch } = useQuery(InvitationsDocument);
	const [revoke] = useMutation(RevokeInvitationDocument);
	useLive(KINDS, refetch);
	const invitations = data?.viewer.firm?.invitations ?? [];
	return (
		<section className="stack" aria-labelledby="invitations">
			<h2 id="invitations">Open invitations</h2>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{data && invitations.length === 0 && <p className="quiet">No invitation is open.</p>}
			{invitations.length > 0 && (
				<div className="table">
					<table className="cards">
						<caption className="said">Open invitations, newest first</caption>
						<thead>
							<tr>
								<th scope="col">Person</th>
								<th scope="col">Role</th>
								<th scope="col">Invited by</th>
								<th scope="col">Valid until</th>
								<th scope="col">
									<span className="said">Revoke</span>
								</th>
							</tr>
						</thead>
						<tbody>
							{invitations.map((invitation) => (
								<tr key={invitation.id}>
									<th scope="row">
										<VisibleText text={invitation.name} />
										<br />
										<span className="quiet">
											<VisibleText text={invitation.email} />
										</span>
									</th>
									<td data-label="Role">{ROLE_WORDS[invitation.role]}</td>
									<td data-label="Invited by">
										<Person person={invitation.invitedBy} />, <Time at={invitation.createdAt} />
										{invitation.isSent && <span className="badge">also sent by the platform</span>}
									</td>
									<td data-label="Valid until">
										<Time at={invitation.expiresAt} />
									</td>
									<td>
										<Confirm
											label="Revoke"
											about={`the invitation of ${invitation.email}`}
											isSmall
											isDangerous
											title="Revoke this invitation?"
											onConfirm={() =>
												revoke({ variables: { input: { invitationId: invitation.id } } }).finally(
													() => void refetch().catch(() => undefined),
												)
											}
										>
											<p>
												The link of <VisibleText text={invitation.email} /> no longer works. All owners get a notice.
											</p>
										</Confirm>
									</td>
								</tr>
							))}
						</tbody>
					</table>
				</div>
			)}
		</section>
	);
}
