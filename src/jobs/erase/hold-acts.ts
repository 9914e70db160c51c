import { v7 as uuidv7 } from 'uuid';
import { areIndependent, type OperatorPrincipal } from '../../access/index.ts';
import { uuidToBase64url } from '../../audit/index.ts';
import {
	type Erasing,
	type HoldRow,
	holdFirm,
	insertHold,
	overlap,
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
	assertRead,
	findProvenApprovers,
	isOperatorProven,
	type Office,
	recordBy,
	requireApprover,
	voiceOf,
} from '../../firms/index.ts';
import { erasingOf, subjectOf } from '../engine/index.ts';
import { isHoldProven, proveHold, proveRelease, type SeenHold, seeHold, selectLostHolds } from './holds.ts';
import type { Asking } from './requests.ts';

/** With who sees metadata of the firm's rows. */
type Holding = Office & Pick<Asking, 'sight'>;

/** As the table has it: a number that whoever keeps the matter gives it, and no words. */
export const TICKET = /^[A-Za-z0-9][A-Za-z0-9_.:/#-]{0,63}$/;

export interface NewHolding {
	readonly ticket: string;
	/** The id of a hold that the log knows and the table does not, as after a restore: its row is made again, so that it can be released. */
	readonly lost?: string | undefined;
}

/** A hold as who releases it has read it. */
interface ReadHold {
	readonly hold: string;
	readonly requestHash: string;
}

/** What setHold() would refuse; changes nothing. @throws FirmsealError as it does. */
export async function checkHold(
	office: Holding,
	erasing: Erasing,
	{ ticket, lost }: NewHolding,
	by: OperatorPrincipal,
): Promise<void> {
	requireApprover(by);
	// On the firm: on what it was, only its row has said, and less than that nobody may make of it alone.
	if (lost !== undefined && erasing.type !== 'Firm')
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'A lost hold is set again on the whole firm: leave --client and --record out.',
		);
	if (!TICKET.test(ticket))
		throw new FirmsealError('BAD_USER_INPUT', 'A ticket is 1 to 64 letters, digits and _ . : / # -.');
	await office.worker.read(null, (tx) => assertMaySet(tx, office, erasing, lost));
}

/** One that is lost holds already, whatever is being erased: without its row nobody could release it. */
const assertMaySet = (tx: Transaction, office: Holding, erasing: Erasing, lost: string | undefined) =>
	lost === undefined ? assertNotBegun(tx, office, erasing) : assertLost(tx, erasing.firm, lost);

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
	office: Holding,
	erasing: Erasing,
	holding: NewHolding,
	by: OperatorPrincipal,
): Promise<ReadHold> {
	await checkHold(office, erasing, holding, by);
	const { ticket, lost } = holding;
	const subject = subjectOf(erasing);
	const hold = { id: lost ?? uuidv7(), firmId: erasing.firm, subject, ticket, setBy: by.user, setAt: new Date() };
	const mac = await proveHold(office.rights, hold);
	return office.worker.write(erasing.firm, async (tx) => {
		// Whoever begins an erasure counts for a while, and has asked for holds before.
		if (!(await holdFirm(tx, erasing.firm, { waits: false })))
			throw new FirmsealError(
				'CONFLICT',
				'An erasure of the firm begins at this moment, another hold is set, or the firm is suspended: try again in a minute.',
			);
		await assertMaySet(tx, office, erasing, lost);
		await insertHold(tx, { ...hold, mac });
		await record(office, by, 'hold.set', hold);
		return { hold: hold.id, requestHash: (await seeHold(tx, hold)).requestHash };
	});
}

async function assertNotBegun(tx: Transaction, { sight }: Holding, erasing: Erasing): Promise<void> {
	const erasures = await selectErasures(tx, erasing.firm);
	await sight.read(erasing.firm, async (rows) => {
		for (const erasure of erasures) {
			const of = erasingOf(erasure);
			// A part that is gone leaves the rest to be held.
			const isPartGone = erasure.erasedAt !== null && of?.type !== 'Firm' && of?.id !== erasing.id;
			if (of && !isPartGone && (await overlap(rows, of, erasing)))
				throw new FirmsealError(
					'CONFLICT',
					'It, or a part of it, is being erased or was: `firmseal erase list` says what. Hold what is left by client or record, or all of it once that erasure has ended.',
				);
		}
	});
}

/** What freeHold() would refuse; changes nothing. @throws FirmsealError as it does. */
export async function checkRelease(office: Office, id: string, by: OperatorPrincipal): Promise<SeenHold> {
	requireApprover(by);
	const seen = await office.worker.read(null, async (tx) => {
		const row = await selectHold(tx, id);
		return row && seeHold(tx, row);
	});
	if (!seen) throw new FirmsealError('NOT_FOUND', 'There is no such hold: `firmseal hold list` names them.');
	const { hold } = seen;
	if (hold.releasedAt !== null) throw new FirmsealError('CONFLICT', 'The hold is released already.');
	if (!(await isHoldProven(office.rights, hold)))
		throw new FirmsealError('CONFLICT', 'The hold was changed outside Firmseal: see the log for what it was.');
	if (!(await isAnother(office, hold.setBy, by)))
		throw new FirmsealError(
			'FORBIDDEN',
			'Another person than the one who set it must release it, and for 30 days no one who came by the other’s word.',
		);
	return seen;
}

/** Who set it may operate the platform no more, and is still a person. */
async function isAnother(office: Office, setBy: string, by: OperatorPrincipal): Promise<boolean> {
	const mine = (await findProvenApprovers(office)).get(by.user);
	const { rows, now } = await office.worker.read(null, async (tx) => ({
		rows: await selectOperators(tx),
		now: await selectNow(tx),
	}));
	const setter = rows.find(({ id }) => id === setBy);
	if (!mine || !setter || !(await isOperatorProven(office.rights, setter))) return false;
	return areIndependent(voiceOf(setter), mine, now);
}

/**
 * Lets it be erased again: exactly the hold that has this hash.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER and another person than the one who set it, NOT_FOUND, CONFLICT for another hash, or a
 * hold that was changed or released, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function freeHold(
	office: Office,
	{ hold: id, requestHash }: ReadHold,
	by: OperatorPrincipal,
): Promise<HoldRow> {
	const { hold, requestHash: seen } = await checkRelease(office, id, by);
	assertRead(seen, requestHash);
	const releasedAt = new Date();
	const releaseMac = await proveRelease(office.rights, hold, by.user, releasedAt);
	await office.worker.write(hold.firmId, async (tx) => {
		if (!(await releaseHold(tx, id, { releasedBy: by.user, releasedAt, releaseMac })))
			throw new FirmsealError('CONFLICT', 'The hold is released already.');
		await record(office, by, 'hold.release', hold);
	});
	return { ...hold, releasedBy: by.user, releasedAt, releaseMac };
}

function record(
	office: Office,
	by: OperatorPrincipal,
	action: 'hold.set' | 'hold.release',
	hold: Pick<HoldRow, 'id' | 'firmId' | 'subject'>,
) {
	const of = erasingOf(hold);
	const records = of && of.type !== 'Firm' ? [hold.id, of.id] : [hold.id];
	return recordBy(office, by, { action, firm: hold.firmId, records });
}
