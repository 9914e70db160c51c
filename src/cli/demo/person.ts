import { v7 as uuidv7 } from 'uuid';
import { decideContent, type FirmPrincipal, rolesOf } from '../../access/index.ts';
import type { Acting, Desk } from '../../firms/index.ts';

/** Somebody of a firm, at the desk of their plane. */
export interface Person {
	readonly desk: Desk;
	readonly principal: FirmPrincipal;
}

/** Does one thing as this person would by one request: under their rights, sealed, on record. */
export async function actAs<T>(
	{ desk, principal }: Person,
	work: (desk: Desk, acting: Acting) => Promise<T>,
): Promise<T> {
	const { user, firm, client } = principal;
	const access = desk.content.begin({
		decision: decideContent(principal),
		actor: { kind: 'firm', user, roles: rolesOf(principal) },
		plane: 'firm',
		request: uuidv7(),
		document: null,
	});
	try {
		return await work(desk, { access, user, firm, client, selection: { columns: new Set(), client } });
	} finally {
		// Also of what failed: it may have opened something.
		await desk.content.settle(access);
	}
}
