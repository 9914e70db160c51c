import { type CustodyState, custodyOf } from '../../custody/index.ts';
import type { RecordToOpen, RowToSeal } from '../opener.ts';
import { inLanes } from './lanes.ts';
import { attempt, judgeRows } from './open-records.ts';
import { type ResealedRow, verifyKnown } from './reseal-rows.ts';
import { openValueOf, type VerifiedRow } from './rows.ts';
import { currentOf, requireType, requireWritableKey, sealRow, writableFields } from './seal-rows.ts';
import type { Session } from './session.ts';
import { VaultError } from './vault-error.ts';

/** A record as it was opened, to be sent as plaintext, or why it was not, as a sentence without a value in it. */
export type OpenedRow = { readonly values: Readonly<Record<string, unknown>> } | { readonly why: string };

/**
 * Seals rows for the first time that the platform has sealed by now and opened, in their order, while their class is MOVING. No one can verify
 * such values, so each stamp says that they are the platform's. A row that this device has seen with a stamp is refused.
 * @throws VaultError if this device may not send or seal now; then none is sealed
 */
export async function adoptRows(session: Session, rows: readonly RowToSeal[]): Promise<readonly ResealedRow[]> {
	session.requireMaySend();
	return inLanes(rows, async (row): Promise<ResealedRow> => {
		const sealed = await attempt(async () => {
			const type = requireType(session, row);
			requireCustody(session, type.class, 'MOVING');
			requireWritableKey(session, type.class);
			if (row.current !== null || (await currentOf(session, type, row)) !== null) throw new VaultError('row-to-seal');
			return sealRow(session, { type, row, current: null, origin: () => 'PLATFORM' });
		});
		return 'why' in sealed ? { why: sealed.why.message } : { sealed };
	});
}

/**
 * Opens rows for the platform, in their order, while their class is on its way BACK by this device's own log. A row of which a value does not
 * open is not given back.
 * @throws VaultError if this device may not send now; then none is opened
 */
export async function openToReturn(session: Session, records: readonly RecordToOpen[]): Promise<readonly OpenedRow[]> {
	session.requireMaySend();
	const rows = await inLanes(records, (record) =>
		attempt(async () => {
			const verified = await verifyKnown(session, record);
			requireCustody(session, verified.type.class, 'BACK');
			return verified;
		}),
	);
	return inLanes(await judgeRows(session, rows), async (each): Promise<OpenedRow> => {
		if ('why' in each) return { why: each.why.message };
		const opened = await attempt(async () => ({ values: await valuesOf(session, each.row) }));
		return 'why' in opened ? { why: opened.why.message } : opened;
	});
}

async function valuesOf(session: Session, row: VerifiedRow): Promise<Readonly<Record<string, unknown>>> {
	const opened = writableFields(row.type).map(async ([name]) => [name, await openValueOf(session, row, name)] as const);
	return Object.fromEntries(await Promise.all(opened));
}

function requireCustody({ log }: Session, className: string, custody: CustodyState): void {
	if (custodyOf(log, className) !== custody) throw new VaultError('not-moving');
}
