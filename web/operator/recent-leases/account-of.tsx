import { Account, Person } from '../../kit/parts/index.ts';
import { useViewer } from '../viewer.ts';
import type { RecentLeases } from './use-recent-leases.ts';

interface AccountOfProps {
	readonly id: string;
	readonly people: RecentLeases['people'];
}

/** Who an account is, by name where the API tells it. It tells an auditor no names of a firm's people. */
export function AccountOf({ id, people }: AccountOfProps) {
	const viewer = useViewer();
	const isViewer = id === viewer.id;
	const person = isViewer ? viewer : people.get(id);
	if (!person) return <Account id={id} />;
	return (
		<span>
			<Person person={person} />
			{isViewer && ' (you)'}
		</span>
	);
}
