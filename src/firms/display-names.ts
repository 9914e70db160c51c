import { selectFirmByName, selectUsersByIds, type Transaction } from '../database/index.ts';

interface NamedAccount {
	readonly id: string;
	readonly name: string;
	readonly email: string;
}

/** An account in a row that a person decides by: with its id, since a name is anyone's. */
export const accountDisplayName = ({ name, email, id }: NamedAccount): string => `${name} <${email}>, account ${id}`;

export const firmDisplayName = ({
	name,
	slug,
	id,
}: Pick<NamedAccount, 'id' | 'name'> & { readonly slug: string }): string => `${name} (${slug}), ${id}`;

/**
 * The same by ids: of what is not there any more, the id. A name is a row of its own, which changes while what names the id stays as it is:
 * a hash of what a person decides by is therefore of these too, as they are shown.
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
