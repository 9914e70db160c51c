import { type OperatorPrincipal, whyNotFresh } from '../../access/index.ts';
import type { Config } from '../../config/index.ts';
import { selectNow } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type Installation, openAuthenticator } from '../../wiring/index.ts';
import { assertToken } from '../call/index.ts';
import { currentIo } from '../io.ts';

/**
 * The person who acts: the owner of FIRMSEAL_TOKEN, identified as the API does it. The operation itself checks whether the person's rights
 * are proven now. An operation that gives a right, or is one of two approvals, needs a fresh sign-in, as in the API. Pass `withAnySignIn`
 * for an operation that only keeps or cancels something.
 * @throws FirmsealError UNAUTHENTICATED, FORBIDDEN
 */
export async function approverOfToken(
	config: Config,
	installation: Installation,
	{ withAnySignIn = false } = {},
): Promise<OperatorPrincipal> {
	const token = config.client.token?.expose();
	if (!token)
		throw new FirmsealError(
			'UNAUTHENTICATED',
			"Set FIRMSEAL_TOKEN to an approver's token: the command acts for that person.",
		);
	assertToken(
		token,
		config.tokens ? 'sign in at the identity provider to get one' : 'run `firmseal token --user EMAIL` to get one',
	);
	// Imported here, so that a command that needs no person doesn't load the API.
	const { createLogger, entryOfRefusal, identifyPrincipal, RefusedAccountError, reportForgery } = await import(
		'../../api/index.ts'
	);
	try {
		const deps = {
			authenticate: await openAuthenticator(config),
			plane: installation.worker,
			rights: { operator: installation.rights },
		};
		const { principal, authTime } = await identifyPrincipal(deps, `Bearer ${token}`);
		if (principal.kind !== 'operator')
			throw new FirmsealError('FORBIDDEN', "FIRMSEAL_TOKEN is not an approver's token: set it to one.");
		const now = await installation.worker.read(null, selectNow);
		const stale = withAnySignIn ? null : whyNotFresh('The command', authTime, now);
		if (stale) throw new FirmsealError('FORBIDDEN', stale);
		return principal;
	} catch (error) {
		if (error instanceof RefusedAccountError && error.isForged) {
			reportForgery(createLogger({ level: config.log.level, destination: currentIo().log }), error);
			await installation.audit.append([entryOfRefusal(error, 'cli', null)]);
		}
		throw error;
	}
}
