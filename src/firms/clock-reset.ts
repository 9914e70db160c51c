import { clockResetStatement, type OperatorPrincipal } from '../access/index.ts';
import { commandEntry } from '../audit/index.ts';
import {
	type ClockResetRow,
	deleteOtherClockResets,
	insertClockReset,
	isClockSound,
	lockOperatorRows,
	resetClockHighWaterMark,
	selectClock,
	selectClockResets,
	selectNow,
	type Transaction,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { PLATFORM_FIRM_ID } from '../keys/index.ts';
import type { AdminContext } from './administration.ts';
import { assertRequestHash, hashApprovalRequest } from './approval-request-hash.ts';
import { loadAccountDisplayNames } from './display-names.ts';
import {
	type Approvers,
	areIndependentApprovers,
	findProvenApprovers,
	recordOperatorAct,
	requireApprover,
} from './operators.ts';

/** ASKED: a second person must also ask, within an hour. RESET: two persons have asked. */
export type ClockResetStep = 'ASKED' | 'RESET';

type ClockResetVote = Pick<ClockResetRow, 'userId' | 'askedAt'>;

/** A request that a second person must approve. The hash covers all of it except `now`, which keeps changing. */
export interface ClockResetRequest {
	readonly votes: readonly (ClockResetVote & { readonly goodUntil: Date; readonly by: string })[];
	/** The clock's high-water mark, which the reset sets back to `now`. */
	readonly latestTimeSeen: Date;
	/** The database's clock. */
	readonly now: Date;
	readonly requestHash: string;
}

export interface ClockReset {
	readonly step: ClockResetStep;
	/** The request that a second person must approve; null after the reset. */
	readonly pendingRequest: ClockResetRequest | null;
}

/** Milliseconds, by the clock of the machine that runs the command, because the database's clock is in doubt. */
const HOUR = 60 * 60 * 1_000;

const statementOf = ({ userId: user, askedAt }: ClockResetVote) => clockResetStatement({ user, askedAt });

async function requestOf(tx: Transaction, votes: readonly ClockResetVote[]): Promise<ClockResetRequest> {
	const { highWaterMark, now } = await selectClock(tx);
	const ids = votes.map(({ userId }) => userId);
	const named = await loadAccountDisplayNames(tx, ids);
	return {
		votes: votes.map(({ userId, askedAt }) => ({
			userId,
			askedAt,
			goodUntil: new Date(askedAt.getTime() + HOUR),
			by: named(userId),
		})),
		latestTimeSeen: highWaterMark,
		now,
		requestHash: hashApprovalRequest('clock-reset', [
			...votes.flatMap(statementOf),
			highWaterMark.toISOString(),
			...ids.map(named),
		]),
	};
}

/**
 * Sets the clock's high-water mark back to the database's clock once two persons have asked for it within an hour. This is for a clock that
 * was ahead and has been corrected. Each call is an entry of the log. `read`: the hash of the other person's request; null for the
 * first person.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER, and for a person who has already asked, with any account; CONFLICT while the
 * clock is sound, and if the pending request is not the one that was read; KEY_UNAVAILABLE; AUDIT_UNAVAILABLE.
 */
export async function resetClock(admin: AdminContext, read: string | null, by: OperatorPrincipal): Promise<ClockReset> {
	requireApprover(by);
	const approvers = await findProvenApprovers(admin);
	const prove = await admin.rights.prover(PLATFORM_FIRM_ID);
	return admin.worker.write(null, async (tx) => {
		// Serializes the calls: otherwise two at once would both count as the first. Every caller is an approver, so there are rows to lock.
		await lockOperatorRows(tx);
		const others = await findOtherVotes(admin, tx, approvers, by);
		if (others.length > 0) {
			if (read === null)
				throw new FirmsealError(
					'CONFLICT',
					'Another approver has just asked for the reset: run the command again, and read that request.',
				);
			assertRequestHash((await requestOf(tx, others)).requestHash, read);
		} else if (read !== null) throw new FirmsealError('CONFLICT', NO_PENDING_REQUEST);
		// So that the database counts no unproven vote.
		await deleteOtherClockResets(
			tx,
			others.map(({ userId }) => userId),
		);
		const vote = { userId: by.user, askedAt: new Date() };
		await insertClockReset(tx, { ...vote, mac: prove(statementOf(vote)) });
		const isReset = others.length > 0 && (await resetClockHighWaterMark(tx));
		await recordOperatorAct(admin, by, { action: 'clock.reset' });
		return isReset
			? { step: 'RESET', pendingRequest: null }
			: { step: 'ASKED', pendingRequest: await requestOf(tx, [vote]) };
	});
}

const NO_PENDING_REQUEST =
	'No proven request of the last hour exists, so there is nothing to approve. To ask for the reset yourself, leave out --hash.';

/**
 * What resetClock() would do, and the request that `by` would approve. Changes nothing, but records votes that SQL has inserted or changed.
 * @throws FirmsealError as resetClock() does.
 */
export async function planClockReset(
	admin: AdminContext,
	by: OperatorPrincipal,
): Promise<{ readonly step: ClockResetStep; readonly others: ClockResetRequest | null }> {
	requireApprover(by);
	const approvers = await findProvenApprovers(admin);
	const others = await admin.worker.read(null, async (tx) => {
		const votes = await findOtherVotes(admin, tx, approvers, by, (user) => recordUnprovenVote(admin, user));
		return votes.length > 0 ? requestOf(tx, votes) : null;
	});
	return { step: others ? 'RESET' : 'ASKED', others };
}

/** The proven votes of the last hour. @throws FirmsealError if one is from the same person, or the clock needs no reset. */
async function findOtherVotes(
	admin: AdminContext,
	tx: Transaction,
	approvers: Approvers,
	by: OperatorPrincipal,
	onUnproven: (user: string) => Promise<void> = async () => {},
): Promise<ClockResetRow[]> {
	if (await isClockSound(tx))
		throw new FirmsealError(
			'CONFLICT',
			'The database’s clock is not behind its latest recorded time, so there is nothing to reset.',
		);
	const now = Date.now();
	// The database's clock is behind the true time, so that new approvers count as new for longer, which is safe.
	const seenAt = await selectNow(tx);
	const found: ClockResetRow[] = [];
	for (const vote of await selectClockResets(tx)) {
		const { userId: user, askedAt, mac } = vote;
		if (!approvers.has(user) || Math.abs(now - askedAt.getTime()) > HOUR) continue;
		if (!(await admin.rights.verify(PLATFORM_FIRM_ID, statementOf(vote), mac))) {
			await onUnproven(user);
			continue;
		}
		if (approvers.get(user)?.person === by.person)
			throw new FirmsealError(
				'FORBIDDEN',
				'You have already asked for the reset: a second person must ask within an hour.',
			);
		if (!areIndependentApprovers(approvers, user, by.user, seenAt))
			throw new FirmsealError(
				'FORBIDDEN',
				'A second, independent person must ask within an hour. For their first 30 days, approvers count as one with the persons who introduced them.',
			);
		found.push(vote);
	}
	return found;
}

async function recordUnprovenVote({ audit, osAccount }: AdminContext, user: string): Promise<void> {
	await audit.append([
		commandEntry(osAccount, { action: 'rights.refuse', decision: 'DENIED', records: [user], reason: 'FORBIDDEN' }),
	]);
}
