import { v7 as uuidv7 } from 'uuid';
import type { FirmPrincipal } from '../../access/index.ts';
import { authorizationOf } from '../../content/index.ts';
import { type ActingMember, type RequestServices, toActingMember } from '../../firms/index.ts';

/** A person of a firm, with the services of their plane. */
export interface DemoPerson {
	readonly services: RequestServices;
	readonly principal: FirmPrincipal;
}

/** Does one thing as this person would by one request: under their rights, sealed, on record. */
export async function runAsDemoPerson<T>(
	{ services, principal }: DemoPerson,
	work: (services: RequestServices, acting: ActingMember) => Promise<T>,
): Promise<T> {
	const access = services.content.begin(authorizationOf(principal, uuidv7(), null));
	try {
		return await work(services, toActingMember(access, principal));
	} finally {
		// Also of what failed: it may have opened something.
		await services.content.settle(access);
	}
}
