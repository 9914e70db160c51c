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
import { type Keyring, PLATFORM } from '../keys/index.ts';
import type { Office } from './administration.ts';
import { statementOfMember, statementOfOperator } from './proofs.ts';

/** An office that may also turn the platform's wrapping key. */
type ProvingOffice = Omit<Office, 'keyring'> & {
	readonly keyring: Pick<Keyring, 'createKey' | 'describeKey' | 'rotateKey'>;
};

/**
 * Whether rows without a proof are worth nothing: the platform's wrapping key has had its first rotation. That mark is in the key
 * service, where no SQL reaches; a mark in the database would let whoever can write there have forged rows proven once more.
 */
export async function isProofOver(keyring: Pick<Keyring, 'describeKey'>): Promise<boolean> {
	return ((await keyring.describeKey(PLATFORM))?.version ?? 0) > 1;
}

/**
 * Proves once what was there before rights were proven: memberships and policies of every firm, then the platform's own people. The
 * mark is made last, so that one who is cut off goes on with what has no proof yet; once it is made, nothing is ever proven here
 * again. Answers the accounts that were proven.
 * @throws SetupError for a firm whose key is disabled or about to be deleted; FirmsealError KEY_UNAVAILABLE.
 */
export async function proveInstallation(office: ProvingOffice): Promise<readonly string[]> {
	if (await isProofOver(office.keyring)) return [];
	const proven: string[] = [];
	for (const { id, slug } of await office.worker.read(null, selectAllFirms))
		if (await hasLivingKey(office, id, slug)) proven.push(...(await proveFirm(office, id)));
	// There is one from here on, but it has not been rotated.
	await office.keyring.createKey(PLATFORM);
	proven.push(...(await proveOperators(office)));
	await office.keyring.rotateKey(PLATFORM);
	return proven;
}

/** Of a firm whose key is gone for ever nothing opens again, so that nobody there needs a proof. */
async function hasLivingKey({ keyring }: ProvingOffice, firm: string, slug: string): Promise<boolean> {
	const state = (await keyring.describeKey(firm))?.state ?? 'DESTROYED';
	if (state === 'DISABLED' || state === 'PENDING_DELETION')
		throw new SetupError(
			`The wrapping key of ${slug} is ${state}, so that its people's rights can't be proven: enable it, then repeat this command.`,
		);
	return state === 'ENABLED';
}

async function proveFirm({ worker, rights }: ProvingOffice, firm: string): Promise<string[]> {
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

async function proveOperators({ worker, rights }: ProvingOffice): Promise<string[]> {
	const prove = await rights.prover(PLATFORM);
	return worker.write(null, async (tx) => {
		const rows = await lockUnprovenOperators(tx);
		for (const row of rows) await proveOperator(tx, row.userId, prove(statementOfOperator({ ...row, id: row.userId })));
		return rows.map(({ userId }) => userId);
	});
}
