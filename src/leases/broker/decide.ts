import { activationStatement } from '../../access/index.ts';
import {
	type LeaseGrounds,
	lockLease,
	selectLeaseGrounds,
	selectNow,
	startLease,
	type Transaction,
} from '../../database/index.ts';
import { KeyUnavailableError, PLATFORM, type Prover } from '../../keys/index.ts';
import { hexOf } from '../request-hash.ts';
import { AT_ONCE, type Attempt, endByBroker } from './end.ts';
import { makeGrants } from './grants.ts';
import { type BrokerParts, entryOf, type LeaseId } from './parts.ts';
import { type Verdict, verifyLease } from './verify.ts';

/**
 * Decides on a lease that its operator has activated: everything holds, and it is ACTIVE with a grant for each class; or it is
 * revoked, and reported. Whatever it was cut off from, it may be done again from the beginning.
 * @throws KeyUnavailableError AWAY or THROTTLED: nothing is decided then.
 */
export async function decideLease(parts: BrokerParts, id: LeaseId, attempt: Attempt = AT_ONCE): Promise<void> {
	const verdict = await decide(parts, id).catch(refusedByKey);
	if (!verdict) return;
	if (verdict.doubts.length > 0) await refuse(parts, id, verdict, attempt);
	else {
		parts.report.started(id);
		if (verdict.isForged) parts.report.uncounted(id);
	}
}

const REFUSAL = { action: 'rights.refuse', decision: 'DENIED', reason: 'FORBIDDEN' } as const;

const NO_KEY: Verdict = { doubts: ['KEY'], isForged: false, forgedApprovals: [] };

/** A key that is disabled or gone proves nothing, and won't tomorrow. */
function refusedByKey(error: unknown): Verdict {
	if (error instanceof KeyUnavailableError && error.reason === 'REFUSED') return NO_KEY;
	throw error;
}

/** null: there is nothing to decide any more. */
async function decide(parts: BrokerParts, { lease, firm }: LeaseId): Promise<Verdict | null> {
	const { plane, rights, keyring } = parts;
	// Once beforehand, so that the keys are at hand in the transaction that decides.
	const first = await verifyUndecided(parts, await plane.read(null, (tx) => selectLeaseGrounds(tx, lease)));
	if (!first || first.doubts.length > 0) return first;
	if ((await keyring.describeKey(firm))?.state !== 'ENABLED') return NO_KEY;
	const prove = await rights.prover(PLATFORM);
	return plane.write(null, async (tx) => {
		const { grounds, verdict } = await lockedVerdict(parts, tx, lease);
		if (grounds && verdict?.doubts.length === 0) await start(parts, tx, grounds, prove, verdict.forgedApprovals);
		return verdict;
	});
}

/** Of what was verified, and of nothing that was known before: the row may have been another's until its lock. */
async function start(
	parts: BrokerParts,
	tx: Transaction,
	{ lease: { id: lease, firmId: firm, classes, minutes, requestHash } }: LeaseGrounds,
	prove: Prover,
	forged: readonly string[],
): Promise<void> {
	await makeGrants(parts, tx, { lease, firm, classes });
	const activatedAt = await selectNow(tx);
	const expiresAt = new Date(activatedAt.getTime() + minutes * 60_000);
	const hash = hexOf(requestHash);
	const statement = activationStatement({ lease, firm, requestHash: hash, activatedAt, expiresAt });
	await startLease(tx, lease, { activatedAt, expiresAt, activationMac: prove(statement) });
	const id = { lease, firm };
	const refusals = forged.length > 0 ? [entryOf(id, { ...REFUSAL, records: forged })] : [];
	await parts.audit.append([entryOf(id, { action: 'lease.start', hash }), ...refusals]);
}

/** Again under the lease's lock: nobody ends it, and no other broker decides on it or clears it, until the transaction is over. */
async function lockedVerdict(parts: BrokerParts, tx: Transaction, lease: string) {
	await lockLease(tx, lease, 0);
	const grounds = await selectLeaseGrounds(tx, lease);
	return { grounds, verdict: await verifyUndecided(parts, grounds) };
}

/** null: it isn't waiting, or whoever ends it is about to. */
async function verifyUndecided({ rights }: BrokerParts, grounds: LeaseGrounds | null): Promise<Verdict | null> {
	if (grounds?.lease.state !== 'ACTIVATING' || grounds.isEnded) return null;
	return verifyLease(grounds, rights);
}

/** Told before it is done: once a lease is marked as ending, nobody looks at what it stands on. */
async function refuse(parts: BrokerParts, id: LeaseId, verdict: Verdict, attempt: Attempt): Promise<void> {
	if (verdict.isForged) await parts.audit.append([entryOf(id, { ...REFUSAL, records: [id.lease] })]);
	parts.report.refused(id, verdict);
	await endByBroker(parts, id, 'REVOKED', attempt);
}
