import { skipToken, useQuery } from '@apollo/client/react';
import { ClientDocument } from '../../kit/api/workspace.generated.ts';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { useViewer } from '../viewer.ts';

interface NoPortalPeopleProps {
	readonly clientId: string;
	/** Beside a name, in two words. */
	readonly isShort?: boolean;
}

/** Warns that what is shared with a client has no reader, as long as no one signs in for the client. */
export function NoPortalPeople({ clientId, isShort = false }: NoPortalPeopleProps) {
	const isOwner = useViewer().role === 'OWNER';
	// A person who has accepted an invitation meanwhile counts.
	const asked = { variables: { id: clientId }, fetchPolicy: 'cache-and-network' } as const;
	const { data } = useQuery(ClientDocument, clientId === '' ? skipToken : asked);
	const client = data?.client;
	if (!client || client.members.totalCount > client.members.nodes.length) return null;
	if (client.members.nodes.some(({ removedAt }) => removedAt === null)) return null;
	if (isShort) return <span className="badge warn">No one signs in for them yet</span>;
	return (
		<p className="note warn" role="status">
			No one signs in for <VisibleText text={client.name} /> yet, so no one there can see it.{' '}
			{isOwner ? (
				<>
					Invite a person of theirs under <a href="#/members">Members</a>.
				</>
			) : (
				'An owner of your firm can invite a person of theirs.'
			)}
		</p>
	);
}
