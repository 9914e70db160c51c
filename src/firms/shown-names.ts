import { selectFirmByName, selectUsersByIds, type Transaction } from '../database/index.ts';

interface Account {
	readonly id: string;
	readonly name: string;
	readonly email: string;
}

/** An account in a row that a person decides by: with its id, since a name is anyone's. */
export const nameOf = ({ name, email, id }: Account): string => `${name} <${email}>, account ${id}`;

export const nameOfFirm = ({ name, slug, id }: Pick<Account, 'id' | 'name'> & { readonly slug: string }): string =>
	`${name} (${slug}), ${id}`;

/**
 * The same by ids: of what is not there any more, the id. A name is a row of its own, which changes while what names the id stays as it is:
 * a hash of what a person decides by is therefore of these too, as they are shown.
 */
export async function namesOf(tx: Transaction, ids: readonly string[]): Promise<(id: string) => string> {
	const names = new Map((await selectUsersByIds(tx, ids)).map((user) => [user.id, nameOf(user)]));
	return (id) => names.get(id) ?? `account ${id}`;
}

export async function firmNamed(tx: Transaction, id: string): Promise<string> {
	const firm = await selectFirmByName(tx, id);
	return firm ? nameOfFirm(firm) : id;
}
