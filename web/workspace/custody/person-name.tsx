import type { VaultState } from '../../../src/client/vault/index.ts';
import { Account } from '../../kit/parts/index.ts';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { nameOf } from './people-of-state.ts';

interface PersonNameProps {
	readonly state: Pick<VaultState, 'people'>;
	/** The id of the person. */
	readonly person: string;
}

/** A person by the name in the key log. People who share a name are told apart by their ids. */
export function PersonName({ state, person }: PersonNameProps) {
	const name = nameOf(state, person);
	if (name === null) return <Account id={person}>a person without a name</Account>;
	const isShared = state.people.some((each) => each.name === name && each.person !== person);
	if (isShared)
		return (
			<Account id={person}>
				<VisibleText text={name} />
			</Account>
		);
	return <VisibleText text={name} />;
}
