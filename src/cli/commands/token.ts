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
			.requiredOption('--user <email>', 'whose token: of an account, or of a person who is invited')
			.option('--firm <slug-or-id>', 'in which firm, where several know the address'),
		async ({ config, options }) => {
			assertBuiltInIssuer(config);
			const who = await withInstallation(config, (installation) => findAccount(installation, options));
			const issuer = await openIssuer(config);
			const text = await issuer.issueToken({ ...who, seconds: tokenLifetime(config) });
			return { result: { token: text }, text };
		},
	);

/**
 * What the built-in issuer calls a person. Who is invited and has no account yet gets a name, which the acceptance keeps, and their
 * address as verified, which no one else's token says.
 */
async function findAccount(installation: Installation, { user, firm: named }: TokenOptions) {
	const firm = named === undefined ? undefined : (await findFirm(installation, named)).id;
	return installation.worker.read(null, async (tx) => {
		const [account, other] = await selectAccountsByEmail(tx, user, firm);
		if (account?.isPresent && other?.isPresent)
			throw new FirmsealError('BAD_USER_INPUT', 'Several accounts have this e-mail address: say which by --firm.');
		if (account?.isPresent) return { subject: account.subject };
		if (await selectOpenInvitation(tx, { email: user })) return { subject: account?.subject ?? uuidv7(), email: user };
		if (account) return { subject: account.subject };
		throw new FirmsealError('NOT_FOUND', 'There is no account with this e-mail address, and no one has invited it.');
	});
}
