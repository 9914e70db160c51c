import { holdReleaseStatement, holdStatement } from '../../access/index.ts';
import { uuidToBase64url } from '../../audit/index.ts';
import {
	doErasuresOverlap,
	type ErasureTarget,
	type HoldRow,
	selectHolds,
	selectHoldsInLog,
	type Transaction,
} from '../../database/index.ts';
import { hashApprovalRequest, loadAccountDisplayNames, loadFirmDisplayName } from '../../firms/index.ts';
import { PLATFORM_FIRM_ID, type RightsProofs } from '../../keys/index.ts';
import { erasureTargetOf } from '../engine/index.ts';

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

export const proveHold = (rights: RightsProofs, hold: New): Promise<Uint8Array> =>
	rights.prove(PLATFORM_FIRM_ID, holdStatement(partsOf({ ...hold, ...OPEN })));

export const proveRelease = (rights: RightsProofs, hold: HoldRow, by: string, at: Date): Promise<Uint8Array> =>
	rights.prove(PLATFORM_FIRM_ID, holdReleaseStatement({ ...partsOf(hold), user: by, releasedAt: at }));

/** A hold as the person who releases it sees it. */
export interface HoldView<Row = HoldRow> {
	readonly hold: Row;
	/** Display names of the firm and of the person who set the hold. */
	readonly names: { readonly firm: string; readonly setBy: string };
	/** The hash of everything that the hold's proof covers, and of these names: the release approves exactly this. */
	readonly requestHash: string;
}

export async function viewHold<Row extends New>(tx: Transaction, hold: Row): Promise<HoldView<Row>> {
	const { firmId, setBy } = hold;
	const called = {
		firm: await loadFirmDisplayName(tx, firmId),
		setBy: (await loadAccountDisplayNames(tx, [setBy]))(setBy),
	};
	const statement = holdStatement(partsOf({ ...hold, ...OPEN }));
	return {
		hold,
		names: called,
		requestHash: hashApprovalRequest('hold-release', [...statement, called.firm, called.setBy]),
	};
}

export const isHoldProven = (rights: RightsProofs, hold: HoldRow): Promise<boolean> =>
	rights.verify(PLATFORM_FIRM_ID, holdStatement(partsOf(hold)), hold.mac);

/** True if a person other than the one who set the hold has released it. A release without a proof doesn't count. */
export async function isReleased(rights: RightsProofs, hold: HoldRow): Promise<boolean> {
	const { releasedBy: user, releasedAt, releaseMac, setBy } = hold;
	if (user === null || releasedAt === null || user === setBy) return false;
	return rights.verify(PLATFORM_FIRM_ID, holdReleaseStatement({ ...partsOf(hold), user, releasedAt }), releaseMac);
}

/**
 * True if a hold protects the subject, a part of it, or something that contains it. In doubt, true: a hold whose row was changed counts for
 * the whole firm, and so does a hold that the log knows and the table doesn't, even if the log names its release, because any login that
 * appends could have written that. `rows`: a transaction that sees the ids of the firm's rows.
 * @throws KeyUnavailableError
 */
export async function isHeld(
	rights: RightsProofs,
	tx: Transaction,
	erasing: ErasureTarget,
	rows: Transaction = tx,
): Promise<boolean> {
	const holds = await selectHolds(tx, erasing.firm);
	for (const hold of holds) {
		if (await isReleased(rights, hold)) continue;
		const of = (await isHoldProven(rights, hold)) ? erasureTargetOf(hold) : null;
		if (of === null || (await doErasuresOverlap(rows, of, erasing))) return true;
	}
	return (await selectLostHolds(tx, erasing.firm, holds)).length > 0;
}

/** Ids, in the log's form, of holds that the log says were set and that have no row. */
export async function selectLostHolds(
	tx: Transaction,
	firm: string,
	rows: readonly Pick<HoldRow, 'id'>[],
): Promise<string[]> {
	const known = new Set(rows.map(({ id }) => uuidToBase64url(id)));
	const logged = await selectHoldsInLog(tx, firm);
	return logged.filter(({ action, hold }) => action === 'hold.set' && !known.has(hold)).map(({ hold }) => hold);
}
