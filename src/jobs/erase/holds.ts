import { holdReleaseStatement, holdStatement } from '../../access/index.ts';
import { uuidToBase64url } from '../../audit/index.ts';
import {
	type Erasing,
	type HoldRow,
	overlap,
	selectHolds,
	selectHoldsInLog,
	type Transaction,
} from '../../database/index.ts';
import { firmNamed, hashOfRequest, namesOf } from '../../firms/index.ts';
import { PLATFORM, type Rights } from '../../keys/index.ts';
import { erasingOf } from '../engine/index.ts';

const partsOf = ({ id, firmId, subject, ticket, setBy, setAt }: Omit<HoldRow, 'mac'>) => ({
	hold: id,
	firm: firmId,
	subject,
	ticket,
	setBy,
	setAt,
});

type New = Pick<HoldRow, 'id' | 'firmId' | 'subject' | 'ticket' | 'setBy' | 'setAt'>;

const OPEN = { releasedBy: null, releasedAt: null, releaseMac: null } as const;

export const proveHold = (rights: Rights, hold: New): Promise<Uint8Array> =>
	rights.prove(PLATFORM, holdStatement(partsOf({ ...hold, ...OPEN })));

export const proveRelease = (rights: Rights, hold: HoldRow, by: string, at: Date): Promise<Uint8Array> =>
	rights.prove(PLATFORM, holdReleaseStatement({ ...partsOf(hold), user: by, releasedAt: at }));

/** A hold as who releases it sees it. */
export interface SeenHold<Row = HoldRow> {
	readonly hold: Row;
	/** What the firm, and who set it, are called. */
	readonly called: { readonly firm: string; readonly setBy: string };
	/** Of all that the hold's proof is of, with these names: what who releases it agrees to. */
	readonly requestHash: string;
}

export async function seeHold<Row extends New>(tx: Transaction, hold: Row): Promise<SeenHold<Row>> {
	const { firmId, setBy } = hold;
	const called = { firm: await firmNamed(tx, firmId), setBy: (await namesOf(tx, [setBy]))(setBy) };
	const statement = holdStatement(partsOf({ ...hold, ...OPEN }));
	return { hold, called, requestHash: hashOfRequest('hold-release', [...statement, called.firm, called.setBy]) };
}

export const isHoldProven = (rights: Rights, hold: HoldRow): Promise<boolean> =>
	rights.holds(PLATFORM, holdStatement(partsOf(hold)), hold.mac);

/** Whether another person than the one who set it has released it; a row that says so without a proof is not believed. */
export async function isReleased(rights: Rights, hold: HoldRow): Promise<boolean> {
	const { releasedBy: user, releasedAt, releaseMac, setBy } = hold;
	if (user === null || releasedAt === null || user === setBy) return false;
	return rights.holds(PLATFORM, holdReleaseStatement({ ...partsOf(hold), user, releasedAt }), releaseMac);
}

/**
 * Whether a hold keeps something, or a part of it, or what it is a part of. In doubt it does: a hold whose row was changed is one on the whole firm, and so
 * is one that the log knows and the table does not, whatever the log says of its release: anybody who appends could have said it. `rows`: who sees the firm's rows, by their ids. @throws KeyUnavailableError
 */
export async function isHeld(
	rights: Rights,
	tx: Transaction,
	erasing: Erasing,
	rows: Transaction = tx,
): Promise<boolean> {
	const holds = await selectHolds(tx, erasing.firm);
	for (const hold of holds) {
		if (await isReleased(rights, hold)) continue;
		const of = (await isHoldProven(rights, hold)) ? erasingOf(hold) : null;
		if (of === null || (await overlap(rows, of, erasing))) return true;
	}
	return (await selectLostHolds(tx, erasing.firm, holds)).length > 0;
}

/** Holds that the log says were set, and of which there is no row, as the log writes ids. */
export async function selectLostHolds(
	tx: Transaction,
	firm: string,
	rows: readonly Pick<HoldRow, 'id'>[],
): Promise<string[]> {
	const known = new Set(rows.map(({ id }) => uuidToBase64url(id)));
	const logged = await selectHoldsInLog(tx, firm);
	return logged.filter(({ action, hold }) => action === 'hold.set' && !known.has(hold)).map(({ hold }) => hold);
}
