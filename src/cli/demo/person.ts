import { v7 as uuidv7 } from 'uuid';
import type { FirmPrincipal } from '../../access/index.ts';
import { termsOf } from '../../content/index.ts';
import { type Acting, actingAs, type Desk } from '../../firms/index.ts';

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
	const access = desk.content.begin(termsOf(principal, uuidv7(), null));
	try {
		return await work(desk, actingAs(access, principal));
	} finally {
		// Also of what failed: it may have opened something.
		await desk.content.settle(access);
	}
}
