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

/** ASKED: another person must ask too, within an hour. RESET: two have. */
export type ClockResetStep = 'ASKED' | 'RESET';

type ClockResetVote = Pick<ClockResetRow, 'userId' | 'askedAt'>;

/** What was asked for: who agrees to it has read all of this, but `now`, which goes on. */
export interface ClockResetRequest {
	readonly votes: readonly (ClockResetVote & { readonly goodUntil: Date; readonly by: string })[];
	/** The greatest time seen, which is taken back, and the database's clock, to which it is. */
	readonly latestTimeSeen: Date;
	readonly now: Date;
	readonly requestHash: string;
}

export interface ClockReset {
	readonly step: ClockResetStep;
	/** What another person is to agree to now; null: it is done. */
	readonly pendingRequest: ClockResetRequest | null;
}

/** Milliseconds, by the clock of the one who asks: the database's is what is in doubt. */
const HOUR = 60 * 60 * 1_000;

const statementOf = ({ userId: user, askedAt }: ClockResetVote) => clockResetStatement({ user, askedAt });

async function requestOf(tx: Transaction, wishes: readonly ClockResetVote[]): Promise<ClockResetRequest> {
	const { highWaterMark, now } = await selectClock(tx);
	const ids = wishes.map(({ userId }) => userId);
	const named = await loadAccountDisplayNames(tx, ids);
	return {
		votes: wishes.map(({ userId, askedAt }) => ({
			userId,
			askedAt,
			goodUntil: new Date(askedAt.getTime() + HOUR),
			by: named(userId),
		})),
		latestTimeSeen: highWaterMark,
		now,
		requestHash: hashApprovalRequest('clock-reset', [
			...wishes.flatMap(statementOf),
			highWaterMark.toISOString(),
			...ids.map(named),
		]),
	};
}

/**
 * Takes the clock's high-water mark back to the database's clock, when two persons have asked for it within an hour: for a clock that was
 * wrongly ahead and is right again. Each asking is an entry of the log. `read`: the hash of what another has asked for; null: no one has.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER, and for anyone who has asked already, in whatever account; CONFLICT while the
 * clock is sound, and where another request is there than was read; KEY_UNAVAILABLE; AUDIT_UNAVAILABLE.
 */
export async function resetClock(admin: AdminContext, read: string | null, by: OperatorPrincipal): Promise<ClockReset> {
	requireApprover(by);
	const approvers = await findProvenApprovers(admin);
	const prove = await admin.rights.prover(PLATFORM_FIRM_ID);
	return admin.worker.write(null, async (tx) => {
		// One at a time: two who ask at once would each take themselves for the first. Anyone who asks is an approver, so there are rows.
		await lockOperatorRows(tx);
		const others = await findOtherVotes(admin, tx, approvers, by);
		if (others.length > 0) {
			if (read === null)
				throw new FirmsealError(
					'CONFLICT',
					'Another approver has just asked for it: repeat this, and read what they ask for.',
				);
			assertRequestHash((await requestOf(tx, others)).requestHash, read);
		} else if (read !== null) throw new FirmsealError('CONFLICT', NO_PENDING_REQUEST);
		// What isn't proven is not to be counted by the database either.
		await deleteOtherClockResets(
			tx,
			others.map(({ userId }) => userId),
		);
		const wish = { userId: by.user, askedAt: new Date() };
		await insertClockReset(tx, { ...wish, mac: prove(statementOf(wish)) });
		const isReset = others.length > 0 && (await resetClockHighWaterMark(tx));
		await recordOperatorAct(admin, by, { action: 'clock.reset' });
		return isReset
			? { step: 'RESET', pendingRequest: null }
			: { step: 'ASKED', pendingRequest: await requestOf(tx, [wish]) };
	});
}

const NO_PENDING_REQUEST =
	'No one has asked for it within an hour by a wish that proves itself: there is nothing to agree to. Leave --hash out to ask for it.';

/**
 * What resetClock would come to, and what `by` would agree to by it; changes nothing, but that a wish which SQL has put in or changed is put
 * on record. @throws FirmsealError as it does.
 */
export async function planClockReset(
	admin: AdminContext,
	by: OperatorPrincipal,
): Promise<{ readonly step: ClockResetStep; readonly others: ClockResetRequest | null }> {
	requireApprover(by);
	const approvers = await findProvenApprovers(admin);
	const others = await admin.worker.read(null, async (tx) => {
		const wishes = await findOtherVotes(admin, tx, approvers, by, (user) => recordUnprovenVote(admin, user));
		return wishes.length > 0 ? requestOf(tx, wishes) : null;
	});
	return { step: others ? 'RESET' : 'ASKED', others };
}

/** The proven wishes of the last hour. @throws FirmsealError when one is of the same person, or there is nothing to reset. */
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
			'The database’s clock is not behind what was seen, so there is nothing to reset.',
		);
	const now = Date.now();
	// The database's clock is behind the true time, so that anyone who is new is new for longer.
	const seenAt = await selectNow(tx);
	const found: ClockResetRow[] = [];
	for (const wish of await selectClockResets(tx)) {
		const { userId: user, askedAt, mac } = wish;
		if (!approvers.has(user) || Math.abs(now - askedAt.getTime()) > HOUR) continue;
		if (!(await admin.rights.verify(PLATFORM_FIRM_ID, statementOf(wish), mac))) {
			await onUnproven(user);
			continue;
		}
		if (approvers.get(user)?.person === by.person)
			throw new FirmsealError('FORBIDDEN', 'You have asked already: another person must, within an hour.');
		if (!areIndependentApprovers(approvers, user, by.user, seenAt))
			throw new FirmsealError(
				'FORBIDDEN',
				'Another person than the one who asked must, within an hour, and for 30 days no one who came by the other’s word.',
			);
		found.push(wish);
	}
	return found;
}

/** A wish that was put in by SQL, or changed. */
async function recordUnprovenVote({ audit, osAccount }: AdminContext, user: string): Promise<void> {
	await audit.append([
		commandEntry(osAccount, { action: 'rights.refuse', decision: 'DENIED', records: [user], reason: 'FORBIDDEN' }),
	]);
}
