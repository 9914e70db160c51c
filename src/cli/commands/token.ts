import type { Command } from 'commander';
import { openIssuer } from '../../compose.ts';
import { selectAccountByEmail } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { withInstallation } from '../../installation.ts';
import { act } from '../command.ts';

const TWELVE_HOURS = 12 * 60 * 60;

export const token = (program: Command) =>
	act<{ user: string }>(
		program
			.command('token')
			.description('print a token of the built-in issuer for a user; refused when an external issuer is configured')
			.requiredOption('--user <email>', 'whose token'),
		async ({ config, options }) => {
			const issuer = await openIssuer(config);
			const subject = await withInstallation(config, async ({ worker }) => {
				const account = await worker.read(null, (tx) => selectAccountByEmail(tx, options.user));
				if (!account) throw new FirmsealError('NOT_FOUND', 'There is no account with this e-mail address.');
				return account.subject;
			});
			const text = await issuer.issueToken({ subject, seconds: TWELVE_HOURS });
			return { result: { token: text }, text };
		},
	);
