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

/** An office that may also turn the platform's wrapping key. */
type ProvingContext = Omit<AdminContext, 'keyring'> & {
	readonly keyring: Pick<Keyring, 'createKey' | 'describeKey' | 'rotateKey'>;
};

/**
 * Whether rows without a proof are worth nothing: the platform's wrapping key has had its first rotation. That mark is in the key
 * service, where no SQL reaches; a mark in the database would let anyone who can write there have forged rows proven once more.
 */
export async function isInstallationProven(keyring: Pick<Keyring, 'describeKey'>): Promise<boolean> {
	return ((await keyring.describeKey(PLATFORM_FIRM_ID))?.version ?? 0) > 1;
}

/**
 * Proves once what was there before rights were proven: memberships and policies of every firm, then the platform's own people. The
 * mark is made last, so that one who is cut off goes on with what has no proof yet; once it is made, nothing is ever proven here
 * again. Answers the accounts that were proven.
 * @throws SetupError for a firm whose key is disabled or about to be deleted; FirmsealError KEY_UNAVAILABLE.
 */
export async function proveInstallation(admin: ProvingContext): Promise<readonly string[]> {
	if (await isInstallationProven(admin.keyring)) return [];
	const proven: string[] = [];
	for (const { id, slug } of await admin.worker.read(null, selectAllFirms))
		if (await hasUsableKey(admin, id, slug)) proven.push(...(await proveFirm(admin, id)));
	// There is one from here on, but it has not been rotated.
	await admin.keyring.createKey(PLATFORM_FIRM_ID);
	proven.push(...(await proveOperators(admin)));
	await admin.keyring.rotateKey(PLATFORM_FIRM_ID);
	return proven;
}

/** Of a firm whose key is gone for ever nothing opens again, so that no one there needs a proof. */
async function hasUsableKey({ keyring }: ProvingContext, firm: string, slug: string): Promise<boolean> {
	const state = (await keyring.describeKey(firm))?.state ?? 'DESTROYED';
	if (state === 'DISABLED' || state === 'PENDING_DELETION')
		throw new SetupError(
			`The wrapping key of ${slug} is ${state}, so that its people's rights can't be proven: enable it, then repeat this command.`,
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
