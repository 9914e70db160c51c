import type { Command } from 'commander';
import { v7 as uuidv7 } from 'uuid';
import { selectAccountsByEmail, selectOpenInvitation } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { findFirm } from '../../firms/index.ts';
import { assertBuiltInIssuer, type Installation, openIssuer, withInstallation } from '../../wiring/index.ts';
import { defineCommand } from '../command.ts';
import { tokenLifetime } from '../start/index.ts';

interface TokenOptions {
	readonly user: string;
	readonly firm?: string;
}

export const token = (program: Command) =>
	defineCommand<TokenOptions>(
		program
			.command('token')
			.description('print a token of the built-in issuer for a user; refused when an external issuer is configured')
			.requiredOption('--user <email>', 'e-mail address of an account, or of an invited person')
			.option('--firm <slug-or-id>', 'the firm, if several firms know the address'),
		async ({ config, options }) => {
			assertBuiltInIssuer(config);
			const who = await withInstallation(config, (installation) => findAccount(installation, options));
			const issuer = await openIssuer(config);
			const text = await issuer.issueToken({ ...who, seconds: tokenLifetime(config) });
			return { result: { token: text }, text };
		},
	);

/**
 * The person's subject at the built-in issuer. An invited person without an account gets a new subject, which the account then keeps, and a
 * token that states the e-mail address as verified. Other tokens state no address.
 */
async function findAccount(installation: Installation, { user, firm: named }: TokenOptions) {
	const firm = named === undefined ? undefined : (await findFirm(installation, named)).id;
	const place = named === undefined ? '' : ' at this firm';
	return installation.worker.read(null, async (tx) => {
		const [account, other] = await selectAccountsByEmail(tx, user, firm);
		if (account?.isPresent && other?.isPresent)
			throw new FirmsealError('BAD_USER_INPUT', 'Several accounts have this e-mail address: choose one with --firm.');
		if (account?.isPresent) return { subject: account.subject };
		if (await selectOpenInvitation(tx, { email: user })) return { subject: account?.subject ?? uuidv7(), email: user };
		if (account) return { subject: account.subject };
		throw new FirmsealError(
			'NOT_FOUND',
			`No account${place} has this e-mail address, and no invitation is open for it.`,
		);
	});
}
