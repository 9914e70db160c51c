import { commitToName, type ReadEntry } from '../../custody/index.ts';
import type { KeyLogNameRow } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';

/** A name beside the log. */
export interface GivenName {
	/** User id. */
	readonly person: string;
	/** 16 bytes in base64. */
	readonly salt: string;
	readonly name: string;
}

/**
 * The names to store: exactly those to which the entries commit.
 * @throws FirmsealError BAD_USER_INPUT
 */
export async function checkNames(
	firm: string,
	entries: readonly ReadEntry[],
	names: readonly GivenName[],
): Promise<KeyLogNameRow[]> {
	const wanted = new Set(
		entries.flatMap(({ entry: { body } }) => ('name' in body ? [`${body.person} ${body.name}`] : [])),
	);
	const rows: KeyLogNameRow[] = [];
	for (const { person, salt, name } of names) {
		const bytes = new Uint8Array(Buffer.from(salt, 'base64'));
		const nameHash = await commitToName({ firm, person, name }, bytes);
		if (!wanted.delete(`${person} ${nameHash}`))
			throw new FirmsealError(
				'BAD_USER_INPUT',
				'No entry commits to a name that was sent: send each name with the salt of its entry.',
			);
		rows.push({ firmId: firm, person, nameHash, salt: bytes, name });
	}
	if (wanted.size > 0)
		throw new FirmsealError('BAD_USER_INPUT', 'An entry commits to a name that was not sent: send it with its salt.');
	return rows;
}
