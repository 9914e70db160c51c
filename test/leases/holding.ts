import type { TransactionSql } from 'postgres';
import type { LOGINS } from '../support/installation.ts';
import type { LeaseStage } from './stage.ts';

/** Runs `meanwhile` while a login's transaction that has done `work` stays open. */
export async function holding<T>(
	{ installation }: Pick<LeaseStage, 'installation'>,
	login: keyof typeof LOGINS,
	work: (tx: TransactionSql) => Promise<unknown>,
	meanwhile: () => Promise<T>,
): Promise<T> {
	const begun = Promise.withResolvers<void>();
	const over = Promise.withResolvers<void>();
	const held = installation.signIn(login).begin(async (tx) => {
		await tx.unsafe(`set local role firmseal_${login}; set local idle_in_transaction_session_timeout = 0`);
		await work(tx);
		begun.resolve();
		await over.promise;
	});
	held.catch((error: Error) => begun.reject(error));
	await begun.promise;
	try {
		return await meanwhile();
	} finally {
		over.resolve();
		await held;
	}
}
