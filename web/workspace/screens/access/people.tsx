import { useQuery } from '@apollo/client/react';
import { MembersDocument } from '../../../kit/api/workspace.generated.ts';
import { Person, Account as UnnamedAccount } from '../../../kit/parts/index.ts';
import { useViewer } from '../../viewer.ts';

/** The most that one answer has. A firm with more members shows the others by their ids. */
const MOST = 1_000;

/**
 * Who an account is, for the firm: its own people by name. The platform's people are known to a firm by the id of their account, the same in
 * every request and in the log.
 */
export function Account({ id, requester }: { readonly id: string | null; readonly requester: string }) {
	const { data } = useQuery(MembersDocument, { variables: { first: MOST }, fetchPolicy: 'cache-first' });
	const viewer = useViewer();
	if (id === null) return <span>The program itself</span>;
	if (id === viewer.id)
		return (
			<span>
				<Person person={viewer} /> <span className="no-print">(you)</span>
			</span>
		);
	const member = data?.viewer.firm?.members?.nodes.find((one) => one.id === id);
	if (member) return <Person person={member} />;
	return (
		<UnnamedAccount id={id}>
			{id === requester ? 'Operator of the platform' : 'Another person of the platform'}
		</UnnamedAccount>
	);
}
