import { useQuery } from '@apollo/client/react';
import type { VaultState } from '../../../../src/client/vault/index.ts';
import { MembersDocument } from '../../../kit/api/workspace.generated.ts';

export interface FirmPerson {
	readonly id: string;
	readonly name: string;
	/** Whether the key log has the person. */
	readonly isKnown: boolean;
}

/** The people of the key log, and then those whom only the service names so far: they get into the log with their first device. */
export function useFirmPeople({ people }: VaultState): readonly FirmPerson[] {
	const { data } = useQuery(MembersDocument, { variables: { first: 100 } });
	const known = people.map(({ person, name }) => ({
		id: person,
		name: name ?? 'A person without a name',
		isKnown: true,
	}));
	const others = (data?.viewer.firm?.members?.nodes ?? [])
		.filter(({ id, role, removedAt }) => role !== 'CLIENT' && !removedAt && known.every((each) => each.id !== id))
		.map(({ id, name }) => ({ id, name, isKnown: false }));
	return [...known, ...others];
}
