import { clockResetStatement, type OperatorPrincipal, rolesOf } from '../access/index.ts';
import { commandEntry, draftEntry } from '../audit/index.ts';
import {
	type ClockResetRow,
	deleteOtherClockResets,
	insertClockReset,
	isClockSound,
	lockOperatorRows,
	resetClockFloor,
	selectClockResets,
	selectNow,
	type Transaction,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { PLATFORM } from '../keys/index.ts';
import type { Office } from './administration.ts';
import { type Approvers, areTwoApprovers, findProvenApprovers, requireApprover } from './operators.ts';

/** ASKED: another person must ask too, within an hour. RESET: two have. */
export type ClockResetStep = 'ASKED' | 'RESET';

/** Milliseconds, by the clock of whoever asks: the database's is what is in doubt. */
const HOUR = 60 * 60 * 1_000;

/**
 * Takes the clock's floor back to the database's clock, when two persons have asked for it within an hour: for a clock that was
 * wrongly ahead and is right again. Each asking is an entry of the log.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER, and for whoever has asked already, in whatever account; CONFLICT while the
 * clock is sound; KEY_UNAVAILABLE; AUDIT_UNAVAILABLE.
 */
export async function resetClock(office: Office, by: OperatorPrincipal): Promise<ClockResetStep> {
	requireApprover(by);
	const approvers = await findProvenApprovers(office);
	const prove = await office.rights.prover(PLATFORM);
	return office.worker.write(null, async (tx) => {
		// One at a time: two who ask at once would each take themselves for the first. Whoever asks is an approver, so there are rows.
		await lockOperatorRows(tx);
		const others = await findOthers(office, tx, approvers, by);
		// What isn't proven is not to be counted by the database either.
		await deleteOtherClockResets(
			tx,
			others.map(({ userId }) => userId),
		);
		const askedAt = new Date();
		const mac = prove(clockResetStatement({ user: by.user, askedAt }));
		await insertClockReset(tx, { userId: by.user, askedAt, mac });
		const isReset = others.length > 0 && (await resetClockFloor(tx));
		const actor = { kind: 'operator', user: by.user, roles: rolesOf(by) } as const;
		await office.audit.append([draftEntry({ actor, plane: 'cli' }, { action: 'clock.reset' })]);
		return isReset ? 'RESET' : 'ASKED';
	});
}

/** What resetClock would come to; changes nothing. @throws FirmsealError as it does. */
export async function planClockReset(office: Office, by: OperatorPrincipal): Promise<ClockResetStep> {
	requireApprover(by);
	const approvers = await findProvenApprovers(office);
	const others = await office.worker.read(null, (tx) => findOthers(office, tx, approvers, by));
	return others.length > 0 ? 'RESET' : 'ASKED';
}

/** The proven wishes of the last hour. @throws FirmsealError when one is of the same person, or there is nothing to reset. */
async function findOthers(
	office: Office,
	tx: Transaction,
	approvers: Approvers,
	by: OperatorPrincipal,
): Promise<ClockResetRow[]> {
	if (await isClockSound(tx))
		throw new FirmsealError(
			'CONFLICT',
			'The database’s clock is not behind what was seen, so there is nothing to reset.',
		);
	const now = Date.now();
	// The database's clock is behind the true time, so that whoever is new is new for longer.
	const seenAt = await selectNow(tx);
	const found: ClockResetRow[] = [];
	for (const wish of await selectClockResets(tx)) {
		const { userId: user, askedAt, mac } = wish;
		if (!approvers.has(user) || Math.abs(now - askedAt.getTime()) > HOUR) continue;
		if (!(await office.rights.holds(PLATFORM, clockResetStatement({ user, askedAt }), mac))) {
			await report(office, user);
			continue;
		}
		if (approvers.get(user)?.person === by.person)
			throw new FirmsealError('FORBIDDEN', 'You have asked already: another person must, within an hour.');
		if (!areTwoApprovers(approvers, user, by.user, seenAt))
			throw new FirmsealError(
				'FORBIDDEN',
				'Another person than the one who asked must, within an hour, and for 30 days no one who came by the other’s word.',
			);
		found.push(wish);
	}
	return found;
}

/** A wish that was put in by SQL, or changed. */
async function report({ audit, account }: Office, user: string): Promise<void> {
	await audit.append([
		commandEntry(account, { action: 'rights.refuse', decision: 'DENIED', records: [user], reason: 'FORBIDDEN' }),
	]);
}
