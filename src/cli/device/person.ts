import type { VaultState } from '../../client/vault/index.ts';
import { FirmsealError } from '../../errors.ts';
import { isId } from '../parse/index.ts';

/**
 * The id of a person who was named by id or by the name in the key log. Null for a name that no one has.
 * @throws FirmsealError BAD_USER_INPUT if several people have the name
 */
export function personOf({ people }: VaultState, given: string): string | null {
	if (isId(given)) return given;
	const [first, ...others] = people.filter(({ name }) => name === given);
	if (others.length > 0)
		throw new FirmsealError('BAD_USER_INPUT', 'Several people have this name: give the id of the person instead.');
	return first?.person ?? null;
}

/** A person of the firm. @throws FirmsealError NOT_FOUND, BAD_USER_INPUT */
export function requirePerson(state: VaultState, given: string): VaultState['people'][number] {
	const id = personOf(state, given);
	const found = state.people.find(({ person }) => person === id);
	if (found === undefined)
		throw new FirmsealError(
			'NOT_FOUND',
			'No one in the firm’s key log has this name or id: see `firmseal device status`.',
		);
	return found;
}

/** The name in the key log, or the id of someone who has none there. */
export const nameOf = ({ people }: VaultState, id: string): string =>
	people.find(({ person }) => person === id)?.name ?? id;
