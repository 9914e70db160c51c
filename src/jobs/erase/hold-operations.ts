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

/** With who sees metadata of the firm's rows. */
type HoldOperationParts = AdminContext & Pick<ErasureRequestParts, 'operatorPlane'>;

/** As the table has it: a number that whoever keeps the matter gives it, and no words. */
export const TICKET_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.:/#-]{0,63}$/;

export interface NewHoldTerms {
	readonly ticket: string;
	/** The id of a hold that the log knows and the table does not, as after a restore: its row is made again, so that it can be released. */
	readonly lost?: string | undefined;
}

/** A hold as who releases it has read it. */
interface ReviewedHold {
	readonly hold: string;
	readonly requestHash: string;
}

/** What setHold() would refuse; changes nothing. @throws FirmsealError as it does. */
export async function checkHold(
	admin: HoldOperationParts,
	erasing: ErasureTarget,
	{ ticket, lost }: NewHoldTerms,
	by: OperatorPrincipal,
): Promise<void> {
	requireApprover(by);
	// On the firm: on what it was, only its row has said, and less than that nobody may make of it alone.
	if (lost !== undefined && erasing.type !== 'Firm')
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'A lost hold is set again on the whole firm: leave --client and --record out.',
		);
	if (!TICKET_PATTERN.test(ticket))
		throw new FirmsealError('BAD_USER_INPUT', 'A ticket is 1 to 64 letters, digits and _ . : / # -.');
	await admin.worker.read(null, (tx) => assertMaySet(tx, admin, erasing, lost));
}

/** One that is lost holds already, whatever is being erased: without its row nobody could release it. */
const assertMaySet = (tx: Transaction, admin: HoldOperationParts, erasing: ErasureTarget, lost: string | undefined) =>
	lost === undefined ? assertNotBegun(tx, admin, erasing) : assertLost(tx, erasing.firm, lost);

async function assertLost(tx: Transaction, firm: string, lost: string): Promise<void> {
	const ids = await selectLostHolds(tx, firm, await selectHolds(tx, firm));
	if (!ids.includes(uuidToBase64url(lost)))
		throw new FirmsealError(
			'NOT_FOUND',
			'The log knows no hold of this id that has no row: `firmseal hold list` names them all.',
		);
}

/**
 * Keeps a firm, a client or a record from being erased, until another person releases it, by this hash.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER, CONFLICT for what is being erased already, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
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
		// Whoever begins an erasure counts for a while, and has asked for holds before.
		if (!(await lockFirm(tx, erasing.firm, { waits: false })))
			throw new FirmsealError(
				'CONFLICT',
				'An erasure of the firm begins at this moment, another hold is set, or the firm is suspended: try again in a minute.',
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
			// A part that is gone leaves the rest to be held.
			const isPartGone = erasure.erasedAt !== null && of?.type !== 'Firm' && of?.id !== erasing.id;
			if (of && !isPartGone && (await doErasuresOverlap(rows, of, erasing)))
				throw new FirmsealError(
					'CONFLICT',
					'It, or a part of it, is being erased or was: `firmseal erase list` says what. Hold what is left by client or record, or all of it once that erasure has ended.',
				);
		}
	});
}

/** What liftHold() would refuse; changes nothing. @throws FirmsealError as it does. */
export async function checkLiftHold(admin: AdminContext, id: string, by: OperatorPrincipal): Promise<HoldView> {
	requireApprover(by);
	const seen = await admin.worker.read(null, async (tx) => {
		const row = await selectHold(tx, id);
		return row && viewHold(tx, row);
	});
	if (!seen) throw new FirmsealError('NOT_FOUND', 'There is no such hold: `firmseal hold list` names them.');
	const { hold } = seen;
	if (hold.releasedAt !== null) throw new FirmsealError('CONFLICT', 'The hold is released already.');
	if (!(await isHoldProven(admin.rights, hold)))
		throw new FirmsealError('CONFLICT', 'The hold was changed outside Firmseal: see the log for what it was.');
	if (!(await isAnother(admin, hold.setBy, by)))
		throw new FirmsealError(
			'FORBIDDEN',
			'Another person than the one who set it must release it, and for 30 days no one who came by the other’s word.',
		);
	return seen;
}

/** Who set it may operate the platform no more, and is still a person. */
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
 * Lets it be erased again: exactly the hold that has this hash.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER and another person than the one who set it, NOT_FOUND, CONFLICT for another hash, or a
 * hold that was changed or released, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
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
			throw new FirmsealError('CONFLICT', 'The hold is released already.');
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
