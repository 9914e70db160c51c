import { isEntitled } from '../../custody/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { OpenedRecord, OpenedValue, RecordToOpen } from '../opener.ts';
import { inLanes } from './lanes.ts';
import type { RevisionVerdict } from './row-marks.ts';
import { markedRows, openValueOf, type VerifiedRow, verifyRow } from './rows.ts';
import type { Session } from './session.ts';
import { VaultError } from './vault-error.ts';

interface Refusal {
	readonly why: FirmsealError;
}

/** A row, or why it is refused. `isLate`: its author was gone when the device first saw its stamp. */
type Judged = { readonly row: VerifiedRow; readonly isLate: boolean } | Refusal;

/**
 * Opens the records of one answer, in their order. What does not open has a sentence; the rest is opened. The highest revisions are kept
 * before any value is given out. Rejects only if the store fails, or its records were changed.
 */
export async function openRecords(
	session: Session,
	records: readonly RecordToOpen[],
): Promise<readonly OpenedRecord[]> {
	await session.marks.load(markedRows(session, records));
	const rows = await inLanes(records, (record) => attempt(() => verifyRow(session, record)));
	const judged = await judgeRows(session, rows);
	return inLanes(records, (record, at) => openRecord(session, record, judged[at] as Judged));
}

/** Compares the revisions of verified rows with what the device has seen, and keeps them. */
export async function judgeRows(
	session: Session,
	rows: readonly (VerifiedRow | Refusal)[],
): Promise<readonly Judged[]> {
	const verified = rows.flatMap((row) => ('why' in row ? [] : [row]));
	const { log } = session;
	const revisions = verified.map(({ type, row, stamp, hash }) => {
		const isAuthorGone = !isEntitled(log, stamp.device, stamp.class);
		return { table: type.table, row, revision: stamp.revision, hash, isAuthorGone };
	});
	const verdicts = await session.marks.see(revisions);
	const byRow = new Map(verified.map((row, at) => [row, verdicts[at] as RevisionVerdict]));
	return rows.map((row): Judged => {
		if ('why' in row) return row;
		const verdict = byRow.get(row) as RevisionVerdict;
		if (verdict.refused !== null) return { why: new VaultError(verdict.refused) };
		return { row, isLate: verdict.isLate };
	});
}

async function openRecord(session: Session, record: RecordToOpen, judged: Judged): Promise<OpenedRecord> {
	if ('why' in judged) {
		return { fields: record.fields.map(({ name }) => ({ name, why: judged.why.message })), isAuthorInactive: false };
	}
	const fields = record.fields.map(async ({ name }): Promise<OpenedValue> => {
		const opened = await attempt(async () => ({ value: await openValueOf(session, judged.row, name) }));
		return 'why' in opened ? { name, why: opened.why.message } : { name, value: opened.value };
	});
	return { fields: await Promise.all(fields), isAuthorInactive: judged.isLate || isOriginGone(session, judged.row) };
}

/** Whether values are of a device that was gone when another one took them over. FORMAT.md, section 10. */
function isOriginGone({ log }: Session, { stamp }: VerifiedRow): boolean {
	const { origin } = stamp;
	return origin !== null && origin !== 'PLATFORM' && !isEntitled(log, origin, stamp.class, stamp.head);
}

/**
 * The origin of values that another device stamps as they are; `first`: who wrote them. One who left since is not named, because readers mark
 * a row whose origin had left when it was stamped: this device read it without a mark, and vouches for it. FORMAT.md, section 10.
 */
export function originKept(session: Session, row: VerifiedRow, first: string | null): string | null {
	const isNamed = first === null || first === 'PLATFORM' || isEntitled(session.log, first, row.stamp.class);
	return isNamed || isOriginGone(session, row) ? first : null;
}

/** What the work resolves to, or why it was refused. Other errors stay errors. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | Refusal> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof FirmsealError) return { why: error };
		throw error;
	}
}
