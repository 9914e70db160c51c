import { activationStatement } from '../../access/index.ts';
import {
	type LeaseEvidence,
	lockLease,
	selectLeaseEvidence,
	selectNow,
	startLease,
	type Transaction,
} from '../../database/index.ts';
import { KeyUnavailableError, PLATFORM_FIRM_ID, type Prover } from '../../keys/index.ts';
import { hexOf } from '../request-hash.ts';
import { type Attempt, endByBroker, WITHOUT_WAIT } from './end.ts';
import { createGrants } from './grants.ts';
import { type BrokerParts, type LeaseRef, leaseEntry } from './parts.ts';
import { type LeaseVerdict, verifyLease } from './verify.ts';

/**
 * Decides on a lease that its operator has activated. If everything holds, the lease becomes ACTIVE with a grant for each class, else it is
 * revoked and reported. After an interruption at any point it can be repeated from the beginning.
 * @throws KeyUnavailableError AWAY or THROTTLED, without a decision.
 */
export async function decideLease(parts: BrokerParts, id: LeaseRef, attempt: Attempt = WITHOUT_WAIT): Promise<void> {
	const verdict = await decide(parts, id).catch(verdictOfKeyError);
	if (!verdict) return;
	if (verdict.refusalReasons.length > 0) await revokeRefused(parts, id, verdict, attempt);
	else {
		parts.report.started(id);
		if (verdict.isForged) parts.report.approvalsIgnored(id);
	}
}

const REFUSAL = { action: 'rights.refuse', decision: 'DENIED', reason: 'FORBIDDEN' } as const;

const KEY_REFUSED: LeaseVerdict = { refusalReasons: ['KEY'], isForged: false, forgedApprovals: [] };

/** A disabled or deleted key proves nothing, and retrying would not help. */
function verdictOfKeyError(error: unknown): LeaseVerdict {
	if (error instanceof KeyUnavailableError && error.reason === 'REFUSED') return KEY_REFUSED;
	throw error;
}

/** null if there is nothing left to decide. */
async function decide(parts: BrokerParts, { lease, firm }: LeaseRef): Promise<LeaseVerdict | null> {
	const { plane, rights, keyring } = parts;
	// Verifies once before the transaction, so that the keys are cached when the transaction decides.
	const first = await verifyUndecided(parts, await plane.read(null, (tx) => selectLeaseEvidence(tx, lease)));
	if (!first || first.refusalReasons.length > 0) return first;
	if ((await keyring.describeKey(firm))?.state !== 'ENABLED') return KEY_REFUSED;
	const prove = await rights.prover(PLATFORM_FIRM_ID);
	return plane.write(null, async (tx) => {
		const { grounds, verdict } = await verifyUnderLock(parts, tx, lease);
		if (grounds && verdict?.refusalReasons.length === 0)
			await activate(parts, tx, grounds, prove, verdict.forgedApprovals);
		return verdict;
	});
}

/** Uses only the evidence that was verified under the lock, because the row may have changed before. */
async function activate(
	parts: BrokerParts,
	tx: Transaction,
	{ lease: { id: lease, firmId: firm, classes, minutes, requestHash } }: LeaseEvidence,
	prove: Prover,
	forged: readonly string[],
): Promise<void> {
	await createGrants(parts, tx, { lease, firm, classes });
	const activatedAt = await selectNow(tx);
	const expiresAt = new Date(activatedAt.getTime() + minutes * 60_000);
	const hash = hexOf(requestHash);
	const statement = activationStatement({ lease, firm, requestHash: hash, activatedAt, expiresAt });
	await startLease(tx, lease, { activatedAt, expiresAt, activationMac: prove(statement) });
	const id = { lease, firm };
	const refusals = forged.length > 0 ? [leaseEntry(id, { ...REFUSAL, records: forged })] : [];
	await parts.audit.append([leaseEntry(id, { action: 'lease.start', hash }), ...refusals]);
}

/**
 * Verifies again while holding the lease's row lock, so that no one can end the lease, and no other broker can decide on it or clear it, before
 * the commit.
 */
async function verifyUnderLock(parts: BrokerParts, tx: Transaction, lease: string) {
	await lockLease(tx, lease, 0);
	const grounds = await selectLeaseEvidence(tx, lease);
	return { grounds, verdict: await verifyUndecided(parts, grounds) };
}

/** null if the lease isn't ACTIVATING, or is marked as ending. */
async function verifyUndecided({ rights }: BrokerParts, grounds: LeaseEvidence | null): Promise<LeaseVerdict | null> {
	if (grounds?.lease.state !== 'ACTIVATING' || grounds.isEnded) return null;
	return verifyLease(grounds, rights);
}

/** Reports before it revokes: once the lease is marked as ending, its evidence is not verified again. */
async function revokeRefused(parts: BrokerParts, id: LeaseRef, verdict: LeaseVerdict, attempt: Attempt): Promise<void> {
	if (verdict.isForged) await parts.audit.append([leaseEntry(id, { ...REFUSAL, records: [id.lease] })]);
	parts.report.refused(id, verdict);
	await endByBroker(parts, id, 'REVOKED', attempt);
}
