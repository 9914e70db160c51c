import type { Firmseal } from '../../src/client/connection/index.ts';
import type { VaultOperations } from '../../src/client/vault/index.ts';

/** The owner’s first device begins the firm’s key log, sets a recovery code and takes classes. Returns the code. */
export async function takeClasses(
	vault: VaultOperations,
	connection: Firmseal['connection'],
	classes: readonly string[],
): Promise<string> {
	await connection.begin('Ada');
	await connection.refresh();
	const { proposal, code } = await vault.setRecovery({ code: true, owners: null });
	await connection.append(() => vault.complete({ proposal, approval: null }));
	await vault.confirmRecovery({ code: code as string });
	for (const name of classes) {
		await connection.generateKey(name);
		const custody = await vault.propose({ what: 'CUSTODY', class: name, custody: 'FIRM' });
		await connection.append(() => vault.complete({ proposal: custody, approval: { recoveryCode: code as string } }));
	}
	return code as string;
}
