import { type OperatorPrincipal, whyNotFresh } from '../../access/index.ts';
import type { Config } from '../../config/index.ts';
import { selectNow } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { Installation } from '../../wiring/index.ts';
import { openAuthenticator } from '../../wiring/index.ts';
import { assertToken } from '../call/index.ts';
import { currentIo } from '../io.ts';

/**
 * Who acts: the token's owner, checked as the API checks it. Whether that can be proven now, the act itself asks. What gives a right, or is
 * one of two yeses, asks for a fresh sign-in, as at the API; `withAnySignIn`: what only keeps something, or calls it off, does not.
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
		config.tokens ? 'sign in at the identity provider for one' : '`firmseal token --user EMAIL` prints one',
	);
	// Here, so that a command which asks for nobody need not load the API.
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
		if (principal.kind !== 'operator') throw new FirmsealError('FORBIDDEN', "FIRMSEAL_TOKEN is not an approver's.");
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
