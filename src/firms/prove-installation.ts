import { type AccessPolicy, policyStatement } from '../access/index.ts';
import {
	lockUnprovenMemberships,
	lockUnprovenOperators,
	lockUnprovenPolicy,
	proveAccessPolicy,
	proveMembership,
	proveOperator,
	selectAllFirms,
} from '../database/index.ts';
import { SetupError } from '../errors.ts';
import { type Keyring, PLATFORM_FIRM_ID } from '../keys/index.ts';
import type { AdminContext } from './administration.ts';
import { statementOfMember, statementOfOperator } from './proofs.ts';

/** An AdminContext that may also rotate the platform's wrapping key. */
type ProvingContext = Omit<AdminContext, 'keyring'> & {
	readonly keyring: Pick<Keyring, 'createKey' | 'describeKey' | 'rotateKey'>;
};

/**
 * Whether all rows have been proven, so that rows without a proof give no rights. The mark is the first rotation of the platform's wrapping
 * key, in the key service, which SQL can't change. If the mark were in the database, a person who can write there could reset it and have
 * forged rows proven.
 */
export async function isInstallationProven(keyring: Pick<Keyring, 'describeKey'>): Promise<boolean> {
	return ((await keyring.describeKey(PLATFORM_FIRM_ID))?.version ?? 0) > 1;
}

/**
 * Proves, once, the rows that existed before rights were proven: memberships and policies of every firm, then the operators. The mark is made
 * last, so that an interrupted run continues with the rows that have no proof yet. After the mark, this function never proves anything.
 * Returns the accounts that were proven.
 * @throws SetupError for a firm whose key is disabled or pending deletion; FirmsealError KEY_UNAVAILABLE.
 */
export async function proveInstallation(admin: ProvingContext): Promise<readonly string[]> {
	if (await isInstallationProven(admin.keyring)) return [];
	const proven: string[] = [];
	for (const { id, slug } of await admin.worker.read(null, selectAllFirms))
		if (await hasUsableKey(admin, id, slug)) proven.push(...(await proveFirm(admin, id)));
	// Creates version 1. The rotation below is the mark.
	await admin.keyring.createKey(PLATFORM_FIRM_ID);
	proven.push(...(await proveOperators(admin)));
	await admin.keyring.rotateKey(PLATFORM_FIRM_ID);
	return proven;
}

/** False if the firm's key is destroyed: nothing of the firm can be opened again, so its members need no proof. */
async function hasUsableKey({ keyring }: ProvingContext, firm: string, slug: string): Promise<boolean> {
	const state = (await keyring.describeKey(firm))?.state ?? 'DESTROYED';
	if (state === 'DISABLED' || state === 'PENDING_DELETION')
		throw new SetupError(
			`The wrapping key of ${slug} is ${state}, so the rights of its members cannot be proven: enable the key, then repeat this command.`,
		);
	return state === 'ENABLED';
}

async function proveFirm({ worker, rights }: ProvingContext, firm: string): Promise<string[]> {
	const prove = await rights.prover(firm);
	return worker.write(firm, async (tx) => {
		const policy = await lockUnprovenPolicy(tx, firm);
		if (policy) await proveAccessPolicy(tx, firm, prove(policyStatement({ ...(policy as AccessPolicy), firm })));
		const rows = await lockUnprovenMemberships(tx, firm);
		for (const row of rows) {
			const mac = prove(statementOfMember({ ...row, firmId: firm }, row.userId, row));
			await proveMembership(tx, row.userId, mac);
		}
		return rows.map(({ userId }) => userId);
	});
}

async function proveOperators({ worker, rights }: ProvingContext): Promise<string[]> {
	const prove = await rights.prover(PLATFORM_FIRM_ID);
	return worker.write(null, async (tx) => {
		const rows = await lockUnprovenOperators(tx);
		for (const row of rows) await proveOperator(tx, row.userId, prove(statementOfOperator({ ...row, id: row.userId })));
		return rows.map(({ userId }) => userId);
	});
}
