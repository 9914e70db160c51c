import { v7 as uuidv7 } from 'uuid';
import { areIndependent, type OperatorPrincipal } from '../../access/index.ts';
import { uuidToBase64url } from '../../audit/index.ts';
import {
	doErasuresOverlap,
	type ErasureTarget,
	type HoldRow,
	insertHold,
	lockFirm,
	releaseHold,
	selectErasures,
	selectHold,
	selectHolds,
	selectNow,
	selectOperators,
	type Transaction,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import {
	type AdminContext,
	assertRequestHash,
	findProvenApprovers,
	isOperatorProven,
	recordOperatorAct,
	requireApprover,
	voterOfOperator,
} from '../../firms/index.ts';
import { erasureSubjectOf, erasureTargetOf } from '../engine/index.ts';
import { type HoldView, isHoldProven, proveHold, proveRelease, selectLostHolds, viewHold } from './holds.ts';
import type { ErasureRequestParts } from './requests.ts';

/** With a plane that sees the ids of the firm's rows. */
type HoldOperationParts = AdminContext & Pick<ErasureRequestParts, 'operatorPlane'>;

/** The table has the same rule. A ticket is the number that the legal matter has elsewhere, without any words. */
export const TICKET_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.:/#-]{0,63}$/;
export const TICKET_RULE = 'A ticket has 1 to 64 letters, digits and _ . : / # -, and begins with a letter or digit.';

export interface NewHoldTerms {
	readonly ticket: string;
	/** Id of a hold that the log knows and the table doesn't, as after a restore. Its row is written again, so that it can be released. */
	readonly lost?: string | undefined;
}

/** The hold that the person who releases it has read. */
interface ReviewedHold {
	readonly hold: string;
	readonly requestHash: string;
}

/** Refuses what setHold() would refuse, and changes nothing. @throws FirmsealError as setHold() does */
export async function checkHold(
	admin: HoldOperationParts,
	erasing: ErasureTarget,
	{ ticket, lost }: NewHoldTerms,
	by: OperatorPrincipal,
): Promise<void> {
	requireApprover(by);
	// Only the lost row named the hold's subject, so the new hold covers the whole firm: no one alone may reduce it.
	if (lost !== undefined && erasing.type !== 'Firm')
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'A lost hold is set again on the whole firm: leave out --client and --record.',
		);
	if (!TICKET_PATTERN.test(ticket)) throw new FirmsealError('BAD_USER_INPUT', TICKET_RULE);
	await admin.worker.read(null, (tx) => assertMaySet(tx, admin, erasing, lost));
}

/** A lost hold is in force even during an erasure. Without its row no one could release it. */
const assertMaySet = (tx: Transaction, admin: HoldOperationParts, erasing: ErasureTarget, lost: string | undefined) =>
	lost === undefined ? assertNotBegun(tx, admin, erasing) : assertLost(tx, erasing.firm, lost);

async function assertLost(tx: Transaction, firm: string, lost: string): Promise<void> {
	const ids = await selectLostHolds(tx, firm, await selectHolds(tx, firm));
	if (!ids.includes(uuidToBase64url(lost)))
		throw new FirmsealError(
			'NOT_FOUND',
			'The log has no lost hold with this id: `firmseal hold list` lists all holds.',
		);
}

/**
 * Protects a firm, a client or a record from being erased, until another person releases the hold by the returned hash.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER; CONFLICT if the subject is being erased already; KEY_UNAVAILABLE;
 * AUDIT_UNAVAILABLE
 */
export async function setHold(
	admin: HoldOperationParts,
	erasing: ErasureTarget,
	holding: NewHoldTerms,
	by: OperatorPrincipal,
): Promise<ReviewedHold> {
	await checkHold(admin, erasing, holding, by);
	const { ticket, lost } = holding;
	const subject = erasureSubjectOf(erasing);
	const hold = { id: lost ?? uuidv7(), firmId: erasing.firm, subject, ticket, setBy: by.user, setAt: new Date() };
	const mac = await proveHold(admin.rights, hold);
	return admin.worker.write(erasing.firm, async (tx) => {
		// Doesn't wait: an erasure that begins holds this lock while it counts, and has checked the holds before.
		if (!(await lockFirm(tx, erasing.firm, { waits: false })))
			throw new FirmsealError(
				'CONFLICT',
				'Another operation holds the firm: an erasure begins, another hold is being set, or the firm is being suspended. Try again in a minute.',
			);
		await assertMaySet(tx, admin, erasing, lost);
		await insertHold(tx, { ...hold, mac });
		await record(admin, by, 'hold.set', hold);
		return { hold: hold.id, requestHash: (await viewHold(tx, hold)).requestHash };
	});
}

async function assertNotBegun(
	tx: Transaction,
	{ operatorPlane }: HoldOperationParts,
	erasing: ErasureTarget,
): Promise<void> {
	const erasures = await selectErasures(tx, erasing.firm);
	await operatorPlane.read(erasing.firm, async (rows) => {
		for (const erasure of erasures) {
			const of = erasureTargetOf(erasure);
			// If a part is already erased, the rest can still be held.
			const isPartGone = erasure.erasedAt !== null && of?.type !== 'Firm' && of?.id !== erasing.id;
			if (of && !isPartGone && (await doErasuresOverlap(rows, of, erasing)))
				throw new FirmsealError(
					'CONFLICT',
					'The subject, or a part of it, is being erased or was erased: `firmseal erase list` shows what. Hold what is left by client or record, or hold everything after that erasure has ended.',
				);
		}
	});
}

/** Refuses what liftHold() would refuse, and changes nothing. @throws FirmsealError as liftHold() does */
export async function checkLiftHold(admin: AdminContext, id: string, by: OperatorPrincipal): Promise<HoldView> {
	requireApprover(by);
	const seen = await admin.worker.read(null, async (tx) => {
		const row = await selectHold(tx, id);
		return row && viewHold(tx, row);
	});
	if (!seen) throw new FirmsealError('NOT_FOUND', 'No hold has this id: `firmseal hold list` lists all holds.');
	const { hold } = seen;
	if (hold.releasedAt !== null) throw new FirmsealError('CONFLICT', 'The hold has already been released.');
	if (!(await isHoldProven(admin.rights, hold)))
		throw new FirmsealError('CONFLICT', 'The hold was changed outside Firmseal: the audit log shows what it was.');
	if (!(await isAnother(admin, hold.setBy, by)))
		throw new FirmsealError(
			'FORBIDDEN',
			'A person other than the one who set the hold must release it. For 30 days, a person and the one who introduced them count as one.',
		);
	return seen;
}

/** The person who set the hold may have left the platform, and still counts as a person. */
async function isAnother(admin: AdminContext, setBy: string, by: OperatorPrincipal): Promise<boolean> {
	const mine = (await findProvenApprovers(admin)).get(by.user);
	const { rows, now } = await admin.worker.read(null, async (tx) => ({
		rows: await selectOperators(tx),
		now: await selectNow(tx),
	}));
	const setter = rows.find(({ id }) => id === setBy);
	if (!mine || !setter || !(await isOperatorProven(admin.rights, setter))) return false;
	return areIndependent(voterOfOperator(setter), mine, now);
}

/**
 * Releases a hold: exactly the one that has this hash.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER and not the person who set the hold; NOT_FOUND; CONFLICT if the hash differs
 * or the hold was changed or released; KEY_UNAVAILABLE; AUDIT_UNAVAILABLE
 */
export async function liftHold(
	admin: AdminContext,
	{ hold: id, requestHash }: ReviewedHold,
	by: OperatorPrincipal,
): Promise<HoldRow> {
	const { hold, requestHash: seen } = await checkLiftHold(admin, id, by);
	assertRequestHash(seen, requestHash);
	const releasedAt = new Date();
	const releaseMac = await proveRelease(admin.rights, hold, by.user, releasedAt);
	await admin.worker.write(hold.firmId, async (tx) => {
		if (!(await releaseHold(tx, id, { releasedBy: by.user, releasedAt, releaseMac })))
			throw new FirmsealError('CONFLICT', 'The hold has already been released.');
		await record(admin, by, 'hold.release', hold);
	});
	return { ...hold, releasedBy: by.user, releasedAt, releaseMac };
}

function record(
	admin: AdminContext,
	by: OperatorPrincipal,
	action: 'hold.set' | 'hold.release',
	hold: Pick<HoldRow, 'id' | 'firmId' | 'subject'>,
) {
	const of = erasureTargetOf(hold);
	const records = of && of.type !== 'Firm' ? [hold.id, of.id] : [hold.id];
	return recordOperatorAct(admin, by, { action, firm: hold.firmId, records });
}
