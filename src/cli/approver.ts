import type { OperatorPrincipal } from '../access/index.ts';
import { identifyPrincipal } from '../api/index.ts';
import { openAuthenticator, openPlaneOf } from '../compose.ts';
import type { Config } from '../config.ts';
import { FirmsealError } from '../errors.ts';
import type { Installation } from '../installation.ts';

/** Who acts: the token's owner, checked as the API checks it. @throws FirmsealError UNAUTHENTICATED, FORBIDDEN */
export async function approver(config: Config, { database }: Installation): Promise<OperatorPrincipal> {
	const token = config.client.token?.expose();
	if (!token)
		throw new FirmsealError(
			'UNAUTHENTICATED',
			"Set FIRMSEAL_TOKEN to an approver's token: the command acts for that person.",
		);
	const plane = openPlaneOf(database, 'firmseal_operator', 1);
	try {
		const principal = await identifyPrincipal(await openAuthenticator(config), plane, `Bearer ${token}`);
		if (principal.kind !== 'operator') throw new FirmsealError('FORBIDDEN', "FIRMSEAL_TOKEN is not an approver's.");
		return principal;
	} finally {
		await plane.close();
	}
}
