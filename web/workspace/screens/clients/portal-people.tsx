import type { ClientQuery } from '../../../kit/api/workspace.generated.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { useViewer } from '../../viewer.ts';

type People = NonNullable<ClientQuery['client']>['members']['nodes'];

/** Who signs in to the portal for a client. */
export function PortalPeople({ people, count }: { readonly people: People; readonly count: number }) {
	const isOwner = useViewer().role === 'OWNER';
	const present = people.filter(({ removedAt }) => removedAt === null);
	return (
		<section className="stack tight" aria-labelledby="portal-people">
			<h2 id="portal-people">People who sign in for this client</h2>
			{present.length === 0 && <p className="quiet">No one yet, so no one there can see what you share.</p>}
			{present.length > 0 && (
				<div className="table">
					<table className="cards">
						<caption className="said">People who sign in for this client</caption>
						<thead>
							<tr>
								<th scope="col">Name</th>
								<th scope="col">E-mail</th>
								<th scope="col">Since</th>
							</tr>
						</thead>
						<tbody>
							{present.map(({ id, name, email, createdAt }) => (
								<tr key={id}>
									<th scope="row">
										<VisibleText text={name} />
									</th>
									<td data-label="E-mail">
										<VisibleText text={email} />
									</td>
									<td data-label="Since">
										<Time at={createdAt} show="day" />
									</td>
								</tr>
							))}
						</tbody>
					</table>
				</div>
			)}
			{count > people.length && (
				<p className="hint">
					Shows the first {people.length} of {count} people.
				</p>
			)}
			<p className="hint">
				{isOwner ? (
					<>
						Invite and remove people under <a href="#/members">Members</a>.
					</>
				) : (
					'An owner of your firm invites and removes them.'
				)}
			</p>
		</section>
	);
}
