import { v7 as uuidv7 } from 'uuid';
import { type OperatorPrincipal, rolesOf } from '../../access/index.ts';
import { draftEntry } from '../../audit/index.ts';
import {
	type Erasing,
	type HoldRow,
	insertHold,
	overlap,
	releaseHold,
	selectErasures,
	selectHold,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { findProvenApprovers, type Office, requireApprover } from '../../firms/index.ts';
import { isHoldProven, proveHold, proveRelease } from './holds.ts';
import type { Asking } from './requests.ts';
import { erasingOf, subjectOf } from './terms.ts';

/** With who sees metadata of the firm's rows. */
type Holding = Office & Pick<Asking, 'sight'>;

/** As the table has it: a number that whoever keeps the matter gives it, and no words. */
const TICKET = /^[A-Za-z0-9][A-Za-z0-9_.:/#-]{0,63}$/;

/** What setHold() would refuse; changes nothing. @throws FirmsealError as it does. */
export async function checkHold(
	office: Holding,
	erasing: Erasing,
	ticket: string,
	by: OperatorPrincipal,
): Promise<void> {
	requireApprover(by);
	if (!TICKET.test(ticket))
		throw new FirmsealError('BAD_USER_INPUT', 'A ticket is 1 to 64 letters, digits and _ . : / # -.');
	await assertNotBegun(office, erasing);
}

/**
 * Keeps a firm, a client or a record from being erased, until another person releases it.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER, CONFLICT for what is being erased already, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function setHold(
	office: Holding,
	erasing: Erasing,
	ticket: string,
	by: OperatorPrincipal,
): Promise<string> {
	await checkHold(office, erasing, ticket, by);
	const subject = subjectOf(erasing);
	const hold = { id: uuidv7(), firmId: erasing.firm, subject, ticket, setBy: by.user, setAt: new Date() };
	const mac = await proveHold(office.rights, hold);
	await office.worker.write(erasing.firm, async (tx) => {
		await insertHold(tx, { ...hold, mac });
		await record(office, by, 'hold.set', hold);
	});
	return hold.id;
}

/** Whoever begins to erase it at this moment asks for holds once more with each page. */
async function assertNotBegun({ worker, sight }: Holding, erasing: Erasing): Promise<void> {
	const erasures = await worker.read(null, (tx) => selectErasures(tx, erasing.firm));
	await sight.read(erasing.firm, async (tx) => {
		for (const erasure of erasures) {
			const of = erasingOf(erasure);
			if (of && (await overlap(tx, of, erasing)))
				throw new FirmsealError('CONFLICT', 'It is erased, or is being erased: nothing is left to hold.');
		}
	});
}

/** What freeHold() would refuse; changes nothing. @throws FirmsealError as it does. */
export async function checkRelease(office: Office, id: string, by: OperatorPrincipal): Promise<HoldRow> {
	requireApprover(by);
	const hold = await office.worker.read(null, (tx) => selectHold(tx, id));
	if (!hold) throw new FirmsealError('NOT_FOUND', 'There is no such hold: `firmseal hold list` names them.');
	if (hold.releasedAt !== null) throw new FirmsealError('CONFLICT', 'The hold is released already.');
	if (!(await isHoldProven(office.rights, hold)))
		throw new FirmsealError('CONFLICT', 'The hold was changed outside Firmseal: see the log for what it was.');
	const setBy = (await findProvenApprovers(office)).get(hold.setBy);
	if (hold.setBy === by.user || setBy?.person === by.person)
		throw new FirmsealError('FORBIDDEN', 'Another person than the one who set it must release it.');
	return hold;
}

/**
 * Lets it be erased again.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER and another person than the one who set it, NOT_FOUND, CONFLICT, KEY_UNAVAILABLE,
 * AUDIT_UNAVAILABLE.
 */
export async function freeHold(office: Office, id: string, by: OperatorPrincipal): Promise<HoldRow> {
	const hold = await checkRelease(office, id, by);
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
	{ audit }: Office,
	by: OperatorPrincipal,
	action: 'hold.set' | 'hold.release',
	hold: Pick<HoldRow, 'id' | 'firmId' | 'subject'>,
) {
	const of = erasingOf(hold);
	const records = of && of.type !== 'Firm' ? [hold.id, of.id] : [hold.id];
	const actor = { kind: 'operator', user: by.user, roles: rolesOf(by) } as const;
	return audit.append([draftEntry({ actor, plane: 'cli' }, { action, firm: hold.firmId, records })]);
}
