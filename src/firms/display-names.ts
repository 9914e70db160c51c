import { selectFirmByName, selectUsersByIds, type Transaction } from '../database/index.ts';

interface NamedAccount {
	readonly id: string;
	readonly name: string;
	readonly email: string;
}

/** Names an account to a person who decides about it. Includes the id, because names are not unique. */
export const accountDisplayName = ({ name, email, id }: NamedAccount): string => `${name} <${email}>, account ${id}`;

export const firmDisplayName = ({
	name,
	slug,
	id,
}: Pick<NamedAccount, 'id' | 'name'> & { readonly slug: string }): string => `${name} (${slug}), ${id}`;

/**
 * Names accounts by their ids; an account that no longer exists by its id alone. Names can change while the rows with the ids don't, so
 * the hash of a request must also cover these names.
 */
export async function loadAccountDisplayNames(
	tx: Transaction,
	ids: readonly string[],
): Promise<(id: string) => string> {
	const names = new Map((await selectUsersByIds(tx, ids)).map((user) => [user.id, accountDisplayName(user)]));
	return (id) => names.get(id) ?? `account ${id}`;
}

export async function loadFirmDisplayName(tx: Transaction, id: string): Promise<string> {
	const firm = await selectFirmByName(tx, id);
	return firm ? firmDisplayName(firm) : id;
}
