import type { RecordToOpen, SealedContent } from '../opener.ts';
import { inLanes } from './lanes.ts';
import { attempt, judgeRows, originKept } from './open-records.ts';
import { openValueOf, type VerifiedRow, verifyRow } from './rows.ts';
import { requireKnownColumns, requireWritableKey, sealRow, writableFields } from './seal-rows.ts';
import type { Session } from './session.ts';
import { isClosed, loadWords } from './worded.ts';

/** A record as it was sealed again, or why it was not, as a sentence without a value in it. */
export type ResealedRow = { readonly sealed: SealedContent } | { readonly why: string };

/**
 * Seals the same values again, under the version that the class is sealed under now, in the order of the records. What the device does not
 * read, it does not seal: so no record comes out that another device had to refuse.
 * @throws VaultError if this device may not send or seal now; then none is sealed
 */
export async function resealRows(session: Session, records: readonly RecordToOpen[]): Promise<readonly ResealedRow[]> {
	session.requireMaySend();
	const rows = await inLanes(records, (record) => attempt(() => verifyKnown(session, record)));
	for (const name of new Set(rows.flatMap((row) => ('why' in row ? [] : [row.type.class])))) {
		requireWritableKey(session, name);
	}
	const judged = await judgeRows(session, rows);
	return inLanes(judged, async (each, at): Promise<ResealedRow> => {
		if ('why' in each) return { why: each.why.message };
		const record = records[at] as RecordToOpen;
		const sealed = await attempt(() => resealRow(session, record, each));
		return 'why' in sealed ? { why: sealed.why.message } : { sealed };
	});
}

/** @throws VaultError as verifyRow(); `row-unknown-column` */
export async function verifyKnown(session: Session, record: RecordToOpen): Promise<VerifiedRow> {
	const verified = await verifyRow(session, record);
	requireKnownColumns(verified);
	return verified;
}

/** Opening every value proves to which thread a message belongs, as far as it has a value to seal. */
async function resealRow(
	session: Session,
	record: RecordToOpen,
	{ row, isLate }: { readonly row: VerifiedRow; readonly isLate: boolean },
): Promise<SealedContent> {
	const opened = writableFields(row.type).map(async ([name]) => [name, await openValueOf(session, row, name)] as const);
	const values = Object.fromEntries(await Promise.all(opened));
	const expectedRevision = row.stamp.revision;
	const toSeal = { type: record.type, kind: 'UPDATE', id: row.row, expectedRevision, values } as const;
	const { device, origin: kept } = row.stamp;
	const origin = isLate ? device : originKept(session, row, kept ?? device);
	return sealRow(session, {
		type: row.type,
		row: { ...toSeal, thread: row.thread, current: record },
		current: row,
		origin: () => origin,
	});
}

/** Rows with the sentence of each reason for which one was left. */
export async function wordedRows<R extends object>(rows: readonly R[]): Promise<readonly R[]> {
	if (!rows.some(isClosed)) return rows;
	const words = await loadWords();
	return rows.map((row) => (isClosed(row) ? { ...row, why: words(row.why) } : row));
}
